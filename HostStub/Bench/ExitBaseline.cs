using System.Globalization;
using PollScale.Clock;

namespace PollScale.HostStub.Bench;

/// <summary>The bare C KVM_RUN loop of tests/ExitBaseline, built once, run for each round.</summary>
internal sealed class ExitBaseline : IDisposable
{
    private const string Source = "tests/ExitBaseline/exit_baseline.c";
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);
    private readonly string _folder = Directory.CreateTempSubdirectory("pollscale-bench-").FullName;

    public ExitBaseline() => ToolProcess.Run("gcc", ["-O2", "-o", Program, RepositoryFiles.Find(Source)], s_limit);

    private string Program => Path.Combine(_folder, "exit_baseline");

    /// <summary>Median round trip of a doorbell, ns.</summary>
    public double MedianNs(string doorbell, int calls, int cpu)
    {
        string[] fields = ToolProcess.Run(Program, [doorbell, Text(calls), Text(cpu)], s_limit).Split();
        return TscClock.Frequency.ToNanoseconds(ulong.Parse(fields[0], CultureInfo.InvariantCulture));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
