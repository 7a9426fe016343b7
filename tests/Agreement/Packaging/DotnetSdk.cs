using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using PollScale.Agreement.Architecture;
using Xunit;

namespace PollScale.Agreement.Packaging;

/// <summary>Runs the SDK that this was built with, and what it makes.</summary>
internal static class DotnetSdk
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(10);

    /// <summary>dotnet.</summary>
    public static string Program => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));

    /// <summary>Packs what is built already into a folder.</summary>
    public static void Pack(string folder, string version)
    {
        string root = SourceFiles.Root();
        Run(Path.Combine(root, "Sdk/Packaging/pack"), [folder, "-p:NoBuild=true", $"-p:ArtifactsPath={Path.Combine(root, "artifacts")}", $"-p:PackageVersion={version}"], root);
    }

    /// <summary>Runs dotnet in a folder, with packages kept in another.</summary>
    public static string Dotnet(string folder, string packages, params string[] arguments) => Run(Program, arguments, folder, packages);

    /// <summary>Runs a program, which must succeed.</summary>
    /// <returns>What it wrote.</returns>
    public static string Run(string program, string[] arguments, string folder, string? packages = null)
    {
        ProcessStartInfo start = new(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in new[] { ("MSBUILDDISABLENODEREUSE", "1"), ("UseSharedCompilation", "false"), ("DOTNET_CLI_USE_MSBUILD_SERVER", "0"), ("DOTNET_CLI_TELEMETRY_OPTOUT", "1"), ("DOTNET_NOLOGO", "1") })
        {
            start.Environment[name] = value;
        }

        if (packages is not null)
        {
            start.Environment["NUGET_PACKAGES"] = packages;
        }

        StringBuilder output = new();
        using Process process = new() { StartInfo = start };
        process.OutputDataReceived += (_, line) => Append(output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(output, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (!process.WaitForExit(s_limit))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{program} {string.Join(' ', arguments)} was not done within {s_limit}:\n{output}");
        }

        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{output}");
        return output.ToString();
    }

    private static void Append(StringBuilder output, string? line)
    {
        lock (output)
        {
            output.AppendLine(line);
        }
    }
}
