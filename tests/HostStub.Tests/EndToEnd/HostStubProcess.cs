using System.Diagnostics;
using System.Text.Json;
using PollScale.HostStub.Kvm;
using PollScale.HostStub.Run;
using PollScale.Programs;
using Xunit;

namespace PollScale.HostStub.Tests.EndToEnd;

/// <summary>Runs the hoststub program as a user does, with the guests that ./test publishes.</summary>
internal static class HostStubProcess
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    internal sealed record Result(int ExitCode, string Output, string Error)
    {
        /// <summary>The summary: the last line of --json.</summary>
        public JsonElement Summary => JsonDocument.Parse(Output.TrimEnd().Split('\n')[^1]).RootElement;

        /// <summary>A count by name, 0 when it is not there.</summary>
        public long Count(string group, string name) => Summary.GetProperty(group).TryGetProperty(name, out JsonElement value) ? value.GetInt64() : 0;
    }

    /// <summary>Starts `hoststub demo`; skips the test where the ELF or /dev/kvm is missing.</summary>
    public static Process StartDemo(bool needsKvm, params string[] arguments)
    {
        string guest = Guest(GuestImage.Default(), needsKvm);
        return Start(["demo", "--guest", guest, .. arguments]);
    }

    /// <summary>Runs guestprobe under `hoststub run`, to its end.</summary>
    public static Result RunProbe(params string[] arguments)
    {
        using Process process = Start(["run", Guest(GuestImage.Probe(), needsKvm: true), "--", .. arguments]);
        return Finish(process);
    }

    /// <summary>Runs an image with `hoststub run`, options and arguments as given, to its end.</summary>
    public static Result RunImage(string image, params string[] arguments)
    {
        using Process process = Start(["run", image, .. arguments]);
        return Finish(process);
    }

    /// <summary>Starts the forwarder under `hoststub run`; skips the test where the ELF or /dev/kvm is missing.</summary>
    public static Process StartForwarder(params string[] arguments) => Start(["run", Guest(GuestImage.Default(), needsKvm: true), .. arguments]);

    /// <summary>Starts `hoststub simulate`.</summary>
    public static Process StartSimulate(params string[] arguments) => Start(["simulate", .. arguments]);

    /// <summary>Runs hoststub, $0, with its arguments, $@, as a line of bash says.</summary>
    public static Result InShell(string line, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("bash", ["-c", line, Program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        return Finish(process);
    }

    private static string Program => Path.Combine(AppContext.BaseDirectory, "hoststub");

    private static string Guest(string guest, bool needsKvm)
    {
        Assert.SkipUnless(File.Exists(guest), $"There is no guest at {guest}: run ./test, which publishes it.");
        if (needsKvm)
        {
            string? problem = KvmProbe.Problem();
            Assert.SkipWhen(problem is not null, $"No usable {KvmSystem.DevicePath}: {problem}");
        }

        return guest;
    }

    private static Process Start(IEnumerable<string> arguments) => Process.Start(
        new ProcessStartInfo(Program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;

    /// <summary>Waits for the end of a run.</summary>
    public static Result Finish(Process process)
    {
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(s_limit))
        {
            process.Kill();
            Assert.Fail($"hoststub did not end within {s_limit.TotalSeconds} s.");
        }

        process.WaitForExit();
        return new Result(process.ExitCode, output.Result, error.Result);
    }

    /// <summary>
    /// Runs `hoststub demo` to its end. One that lost packets while its generator was stalled, for the machine had no time for it, says nothing of the
    /// product: it is run again, twice at most.
    /// </summary>
    public static Result Demo(bool needsKvm, params string[] arguments)
    {
        const double MostStalledMs = 100;
        for (int again = 2; ; again--)
        {
            using Process process = StartDemo(needsKvm, arguments);
            Result result = Finish(process);
            if (again == 0 || result.ExitCode != (int)ExitCode.PacketsLost || result.Summary.GetProperty("generator_stalled_ms").GetDouble() < MostStalledMs)
            {
                return result;
            }
        }
    }
}
