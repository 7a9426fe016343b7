using System.Globalization;
using System.Text.RegularExpressions;
using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>
/// From a burst in a VM to the fastest P-state of its pCPU, by each path that a request may take, alone and beside other guests of the same host: see
/// docs/paths.md. One instruction takes one nanosecond here, on one CPU for all.
/// </summary>
[Collection(CountingHardwareMachine.Collection)]
public partial class PathTimes(CountingHardwareMachine machine)
{
    // Of what DPDK's loop takes at p99: what half of the bursts may take, and 95 of 100. A page's path takes some 20,000 instructions, the module's 6,000; another guest's turn, or QEMU's,
    // which comes before on the one CPU, 40,000 and more. Of the 100 bursts one or two may take any time at all, for the clock also runs on while a disk is read: p99 of so few tells of the disk.
    private const double MostOfHalf = 1.0 / 25, Most = 1.0 / 4, OfModuleAlone = 1.0 / 50;

    [Fact]
    public void Pages_and_hypercalls_leave_DPDKs_loop_far_behind_alone_and_beside_three_guests()
    {
        string[] loads = ["0", "3x1000"];
        PathMatrix matrix = PathMatrix.Measure(machine, string.Join(' ', loads), bursts: 100, seconds: 120); // it takes some 80: who hangs is not waited for much longer
        foreach (string load in loads)
        {
            Assert.All(["region", "observed", "answered", "module"], path =>
            {
                Assert.InRange(matrix.P50(path, load), 0, matrix.P99(PathMatrix.Loop, load) * MostOfHalf);
                Assert.InRange(matrix.P95(path, load), 0, matrix.P99(PathMatrix.Loop, load) * Most);
            });
        }

        Assert.InRange(matrix.P95("module", loads[0]), 0, matrix.P99(PathMatrix.Loop, loads[0]) * OfModuleAlone);
    }

    /// <summary>A measurement, for docs/paths.md: what other guests' turns on the only CPU are of the slowest bursts. Run it alone, with -explicit only.</summary>
    [Fact(Explicit = true)]
    public void Who_has_the_CPU_of_the_slowest_bursts_beside_seven_guests()
    {
        machine.SkipWithoutModule();
        LabResult run = machine.RunSealed("loads=7x1000 bursts=300 who=1; paths_all", 300).Expect();
        IReadOnlyList<BurstTurns> all = BurstTurns.Of(run.Output);
        foreach (BurstTurns turns in all)
        {
            (double whole, double withoutOthers, double withoutTheirRequests) = turns.P99();
            TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {turns.Path} | {turns.Count} | {whole:F1} | {withoutOthers:F1} | {withoutTheirRequests:F1} |"));
        }

        Assert.Equal(["region", "observed", "answered", "module"], all.Select(turns => turns.Path));
        double loop = double.Parse(LoopP99().Match(run.Output).Groups["us"].Value, CultureInfo.InvariantCulture);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {PathMatrix.Loop} | | {loop:F1} | | |"));
        Assert.InRange(all[^1].P99().WithoutOthers, 0, loop * OfModuleAlone); // nobody else has a part in it
    }

    /// <summary>A measurement: the whole matrix, for docs/paths.md. Run it alone, with -explicit only.</summary>
    [Fact(Explicit = true)]
    public void The_whole_matrix() => PathMatrix.MeasureAll(machine);

    [GeneratedRegex($"\"name\":\"{PathMatrix.Loop} load 7x1000: burst to fastest P-state, p99\",\"ours\":(?<us>[0-9.]+)")]
    private static partial Regex LoopP99();
}
