using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>
/// The same as <see cref="PathTimes"/> with a CPU for the vCPU and another for all else, whose turns therefore do not come between a burst and the register. Both are on one clock, so that a
/// path that wakes somebody on the other CPU pays for both: only the module's is judged.
/// </summary>
[Collection(CountingTwoCpusMachine.Collection)]
public class PathTimesOfTwoCountedCpus(CountingTwoCpusMachine machine)
{
    // Of what DPDK's loop takes at p99.
    private const double Most = 1.0 / 50;
    private const string Beside = "7x1000";

    /// <summary>A measurement, for docs/paths.md: minutes of a CPU. Run it alone, with -explicit only.</summary>
    [Fact(Explicit = true)]
    public void The_module_takes_a_fiftieth_of_DPDKs_loop_beside_seven_guests()
    {
        PathMatrix matrix = PathMatrix.Measure(machine, $"0 {Beside}", bursts: 200, seconds: 300);
        Assert.InRange(matrix.P99("module", Beside), 0, matrix.P99(PathMatrix.Loop, Beside) * Most);
    }
}
