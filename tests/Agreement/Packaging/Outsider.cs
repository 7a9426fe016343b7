using System.Text.RegularExpressions;
using PollScale.Agreement.Architecture;
using Xunit;

namespace PollScale.Agreement.Packaging;

/// <summary>
/// An application outside the tree that has PollScale from packages alone: they come from the folder they were packed into, under a version that no cache knows, and into a folder
/// of its own; what else it needs comes from where this machine has it.
/// </summary>
[CollectionDefinition(Collection)]
public sealed partial class Outsider : IDisposable, ICollectionFixture<Outsider>
{
    /// <summary>Tests that share it.</summary>
    public const string Collection = "packages";
    private readonly string _folder = Directory.CreateTempSubdirectory("pollscale-outsider-").FullName;

    public Outsider()
    {
        Packed = Path.Combine(_folder, "packed");
        DotnetSdk.Pack(Packed, Version);
        Write("application.csproj", Project);
        Write("Program.cs", Source);
        Write("Linked.cs", OutsiderLink.Source);
        Write("nuget.config", Config());
        Write("Directory.Build.props", "<Project />");
        Write("Directory.Build.targets", "<Project />");
        Write("Directory.Packages.props", "<Project />");
        File.Copy(Path.Combine(SourceFiles.Root(), "global.json"), Path.Combine(_folder, "application", "global.json"));
    }

    /// <summary>Version that is packed.</summary>
    public string Version { get; } = $"0.0.0-outside.{DateTime.UtcNow.Ticks}";

    /// <summary>Folder of the packages.</summary>
    public string Packed { get; }

    /// <summary>What this machine has restored before.</summary>
    public static string Cache { get; } = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <summary>The machine's sources for all but PollScale, by the names they have here, as a nuget.config maps them.</summary>
    public string OtherSources { get; } = string.Concat(EnabledSource().Matches(DotnetSdk.Dotnet(SourceFiles.Root(), Cache, "nuget", "list", "source", "--format", "Detailed"))
        .Select(match => $"""<packageSource key="{match.Groups[1].Value}"><package pattern="*" /></packageSource>"""));

    /// <summary>Builds the application, each warning an error, and runs it.</summary>
    /// <returns>What it wrote.</returns>
    public string Run(string framework, params string[] options)
    {
        string made = Path.Combine(_folder, "made", $"{framework}{options.Length}{options.FirstOrDefault()?.GetHashCode(StringComparison.Ordinal)}");
        DotnetSdk.Dotnet(Path.Combine(_folder, "application"), Path.Combine(_folder, "packages"), ["publish", "-c", "Release", "-f", framework, "-r", "linux-x64", "-o", made, "-v", "quiet", "-nologo", .. options]);
        return DotnetSdk.Run(Path.Combine(made, "application"), [Path.Combine(_folder, "memif.sock")], _folder);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "application"));
        File.WriteAllText(Path.Combine(_folder, "application", name), text);
    }

    // What the machine's cache holds need not be fetched again.
    private string Config() => $"""
        <configuration>
          <packageSources><add key="packed" value="{Packed}" /></packageSources>
          <packageSourceMapping>
            <packageSource key="packed"><package pattern="PollScale" /><package pattern="PollScale.*" /></packageSource>
            {OtherSources}
          </packageSourceMapping>
          <fallbackPackageFolders>{(Directory.Exists(Cache) ? $"""<add key="cache" value="{Cache}" />""" : "")}</fallbackPackageFolders>
        </configuration>
        """;

    private string Project => $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFrameworks>net10.0;net9.0</TargetFrameworks>
            <AssemblyName>application</AssemblyName>
            <ImplicitUsings>enable</ImplicitUsings>
            <Nullable>enable</Nullable>
            <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
            <TrimmerSingleWarn>false</TrimmerSingleWarn>
            <InvariantGlobalization>true</InvariantGlobalization>
            <RollForward>Major</RollForward>
            <NuGetAudit>false</NuGetAudit>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="PollScale.Extensions" Version="{Version}" />
            <PackageReference Include="PollScale.Simulation" Version="{Version}" />
          </ItemGroup>
        </Project>
        """;

    private const string Source = """
        using Microsoft.Extensions.DependencyInjection;
        using PollScale;
        using PollScale.Extensions;
        using PollScale.Governors;
        using PollScale.Simulation.Cores;
        using PollScale.Simulation.Running;
        using PollScale.Simulation.Traffic;
        using PollScale.Transports;

        using ServiceProvider provider = new ServiceCollection().AddLogging()
            .AddPollScale(options =>
            {
                options.Transport = _ => new LoopbackTransport();
                options.Pinning = ThreadPinning.Pin;
            }).BuildServiceProvider();
        using PollScaleLcore lcore = provider.GetRequiredService<PollScaleLcores>().Open();
        for (int i = 0; i < 1_000_000; i++)
        {
            lcore.Scaler.Observe(i % 8, 0);
        }

        PollLoopOptions options = new()
        {
            Actuator = new SlottedActuator(500 * SimTime.Microsecond),
            Governor = context => new OptimalAvailableGovernor(context),
            Duration = SimTime.Second / 10,
        };
        RunResult result = PollLoop.Run(options, TrafficModels.Parse("poisson:rate=1Mpps", CoreModel.Synthetic.ServiceRate(0)), seed: 1);
        string framework = AppDomain.CurrentDomain.SetupInformation.TargetFrameworkName ?? "";
        Console.WriteLine($"{framework} received={lcore.Scaler.Counters.Received} decided={lcore.Scaler.Decisions > 0} simulated={result.Offered}/{result.Forwarded} {BitConverter.DoubleToInt64Bits(result.Joules):x} {Linked.Run(args[0])}");
        """;

    [GeneratedRegex(@"^\s*\d+\.\s+(.+) \[Enabled\]\s*$", RegexOptions.Multiline)]
    private static partial Regex EnabledSource();
}
