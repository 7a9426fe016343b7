using System.Globalization;
using PollScale.Clock;
using PollScale.HostStub.Machine;
using PollScale.HostStub.Run;

namespace PollScale.HostStub.Bench;

/// <summary>The bare C KVM_RUN loop of tests/ExitBaseline, run for each round: built once, or, on a machine without a compiler, one that lies beside hoststub.</summary>
internal sealed class ExitBaseline : IDisposable
{
    private const string Source = "tests/ExitBaseline/exit_baseline.c";
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);
    private readonly string _folder = Directory.CreateTempSubdirectory("pollscale-bench-").FullName;

    private readonly string _program;

    public ExitBaseline()
    {
        _program = Path.Combine(AppContext.BaseDirectory, "prebuilt", "exit_baseline");
        if (!File.Exists(_program))
        {
            _program = Path.Combine(_folder, "exit_baseline");
            Compile(RepositoryFiles.Find(Source), _program);
        }
    }

    /// <summary>Compiles it, so that it needs nothing of the machine that it runs on.</summary>
    /// <exception cref="GuestSetupException">There is no gcc, or it fails.</exception>
    public static void Compile(string source, string program) => ToolProcess.Run("gcc", ["-O2", "-static", "-o", program, source], s_limit);

    /// <summary>Median round trip of a doorbell, ns.</summary>
    public double MedianNs(string doorbell, int calls, int cpu)
    {
        string[] fields = ToolProcess.Run(_program, [doorbell, Text(calls), Text(cpu)], s_limit).Split();
        return TscClock.Frequency.ToNanoseconds(ulong.Parse(fields[0], CultureInfo.InvariantCulture));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
