using System.Diagnostics;

namespace PollScale.Tests.Shared;

/// <summary>Runs gcc.</summary>
internal static class CCompiler
{
    // Made only where something is compiled: the lab's programs lie on a disk that cannot be written.
    private static readonly Lazy<string> s_output = new(() => Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "compiled")).FullName);

    private static readonly Lazy<string?> s_missing = new(() =>
    {
        try
        {
            return Run("gcc", ["--version"]).Status == 0 ? null : "gcc does not run.";
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return $"gcc is not installed: {e.Message}.";
        }
    });

    /// <summary>Why C cannot be compiled here, or null.</summary>
    public static string? Missing => s_missing.Value;

    /// <summary>Where compiled programs of this test run go.</summary>
    public static string OutputDirectory => s_output.Value;

    /// <summary>Runs a program to its end.</summary>
    public static (int Status, string Output, string Error) Run(string program, IEnumerable<string> arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
