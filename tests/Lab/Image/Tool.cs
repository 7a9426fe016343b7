using System.ComponentModel;
using System.Diagnostics;

namespace PollScale.Lab.Image;

/// <summary>Runs the programs that make images.</summary>
internal static class Tool
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    /// <summary>Runs a shell command with bash, in a folder.</summary>
    /// <returns>What it printed.</returns>
    /// <exception cref="LabException">It failed.</exception>
    public static string Bash(string command, string folder)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("bash", ["-euo", "pipefail", "-c", command])
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            Task<string> error = process.StandardError.ReadToEndAsync();
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            if (!process.WaitForExit(s_limit))
            {
                process.Kill(entireProcessTree: true);
                throw new LabException($"'{command}' did not end within {s_limit.TotalSeconds} s.");
            }

            process.WaitForExit();
            return process.ExitCode == 0 ? output.Result : throw new LabException($"'{command}' failed with status {process.ExitCode}: {error.Result.Trim()}");
        }
        catch (Win32Exception e)
        {
            throw new LabException($"bash could not be started: {e.Message}.");
        }
    }
}
