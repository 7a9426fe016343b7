using System.ComponentModel;
using System.Diagnostics;
using PollScale.HostStub.Machine;

namespace PollScale.HostStub.Bench;

/// <summary>Runs a program to its end and returns what it printed.</summary>
internal static class ToolProcess
{
    /// <summary>Runs a program.</summary>
    /// <exception cref="GuestSetupException">It is missing, fails, or takes longer than <paramref name="limit"/>.</exception>
    public static string Run(string program, IEnumerable<string> arguments, TimeSpan limit)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> error = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(limit))
            {
                process.Kill();
                throw new GuestSetupException($"{program} did not end within {limit.TotalSeconds} s.");
            }

            process.WaitForExit();
            return process.ExitCode == 0 ? output.Result : throw new GuestSetupException($"{program} failed with status {process.ExitCode}: {error.Result.Trim()}");
        }
        catch (Win32Exception e)
        {
            throw new GuestSetupException($"{program} could not be started: {e.Message}. On Debian, ./test installs what the benches need.", e);
        }
    }
}
