using System.Globalization;
using System.Text.RegularExpressions;
using PollScale.Agreement.Architecture;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.Agreement.Packaging;

/// <summary>
/// What docs/dotnet.md tells a newcomer to do, done: in a home of his own, from the packages alone. They are packed already, under a version of the test's; and the page's "nuget.org" is whatever this machine has.
/// </summary>
[Collection(Outsider.Collection)]
public sealed partial class DotnetPageTests(Outsider outsider) : IDisposable
{
    private const string Page = "docs/dotnet.md", Pack = "Sdk/Packaging/pack ~/packages\n", Published = """<packageSource key="nuget.org"><package pattern="*" /></packageSource>""";
    private readonly TemporaryFolder _home = new();
    private readonly IReadOnlyList<PageBlock> _blocks = PageBlock.Read(Path.Combine(SourceFiles.Root(), Page));

    [Fact]
    public void Each_block_is_run_here_or_shows_what_comes() =>
        Assert.Equal(["sh", "csharp Program.cs", "sh", "text", "sh", "text"], _blocks.Select(block => $"{block.Language} {block.Mark}".Trim()));

    [Fact]
    public void The_first_program_tells_what_its_loop_would_have_saved()
    {
        string told = Run(_blocks[0].Text, $"cat >~/scaled/{_blocks[1].Mark} <<'PROGRAM'\n{_blocks[1].Text}PROGRAM\n", _blocks[2].Text).Trim().Split('\n')[^1];

        Assert.Equal(Shape(_blocks[3].Text.Trim()), Shape(told));
        double[] numbers = [.. Number().Matches(told).Take(5).Select(number => double.Parse(number.Value, CultureInfo.InvariantCulture))];
        Assert.InRange(numbers[0], 5, 72); // percent; less where other programs take the CPU
        Assert.InRange(numbers[4], 100_000, 460_000); // packets
    }

    [Fact]
    public void The_sample_polls_an_interface_from_the_packages()
    {
        OwnNetwork.Require();
        string told = Run(_blocks[0].Text, _blocks[4].Text);

        new PolledInterface(told).AssertScaled();
        Assert.Equal(Kinds(_blocks[5].Text.Replace("...\n", "", StringComparison.Ordinal)), Kinds(told[told.IndexOf("Polling", StringComparison.Ordinal)..]));
    }

    public void Dispose() => _home.Dispose();

    private static IEnumerable<string> Kinds(string told) => told.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(line => Shape(line)[..12]).Distinct().Order(StringComparer.Ordinal);

    private static string Shape(string line) => Number().Replace(line, "N");

    private string Run(params string[] commands)
    {
        string root = SourceFiles.Root(), settings = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget/NuGet/NuGet.Config");
        string script = string.Concat(commands).Replace("--version 0.1.0", $"--version {outsider.Version}", StringComparison.Ordinal).Replace(Published, outsider.OtherSources, StringComparison.Ordinal);
        Assert.StartsWith(Pack, script, StringComparison.Ordinal);
        return DotnetSdk.Run("sh", ["-ec", $"""
            export HOME='{_home.Path}' NUGET_FALLBACK_PACKAGES='{(Directory.Exists(Outsider.Cache) ? Outsider.Cache : "")}' PATH="{Path.GetDirectoryName(DotnetSdk.Program)}:$PATH"
            ln -s '{outsider.Packed}' ~/packages
            ln -s '{root}/Samples' Samples
            [ ! -f '{settings}' ] || install -D '{settings}' ~/.nuget/NuGet/NuGet.Config
            {script[Pack.Length..]}
            """], _home.Path, _home["cache"]);
    }

    [GeneratedRegex("[0-9]+(\\.[0-9]+)?")]
    private static partial Regex Number();
}
