using FsCheck;
using FsCheck.Fluent;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Oracle;
using Xunit;

namespace PollScale.Simulation.Tests.Oracle;

public class OptimalityTests
{
    [Fact]
    public void Without_a_ring_it_is_the_schedule_of_yao_demers_and_shenker() => Prop.ForAll<ushort[], ushort>((gaps, wait) =>
    {
        long[] arrivals = OracleCases.Times([.. gaps.Take(14)]);
        long deadline = (wait + 1) * SimTime.Nanosecond;
        List<OracleSegment> schedule = [];
        ClairvoyantOracle.Solve(OracleCases.Bounds(arrivals, deadline), OracleCases.Cubic, arrivals, schedule);

        double cubes = schedule.Sum(part => Math.Pow(part.Rate / 1e6, 3) * SimTime.ToSeconds(part.End - part.Start));
        double yds = YdsSchedule.Solve(arrivals.Select(time => ((double)time, (double)(time + deadline), 1.0)))
            .Sum(part => Math.Pow(part.Speed * SimTime.Second / 1e6, 3) * part.Length / SimTime.Second);
        return Math.Abs(cubes - yds) <= 1e-9 * yds;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(400));

    [Fact]
    public void On_a_grid_no_enumerated_schedule_is_cheaper_and_the_cheapest_is_no_dearer() => Prop.ForAll<byte[], byte, byte>((packets, wait, room) =>
    {
        const long Slot = SimTime.Microsecond;
        int[] perSlot = [.. packets.Take(9).Select(count => count % 5)];
        int deadline = (wait % 5) + 1, ringSize = (room % 7) + 1, burst = room / 128;
        double[] cost = [2, 2, 3, 5, 9, 14];
        double best = BruteForce.Solve(perSlot, deadline, ringSize, burst, cost);

        long[] arrivals = [.. perSlot.SelectMany((count, slot) => Enumerable.Repeat(slot * Slot, count))];
        OracleBounds bounds = new() { Deadline = deadline * Slot, RingSize = ringSize, BurstSize = burst, End = Math.Max(1, perSlot.Length) * Slot };
        PowerHull hull = new([1e6, 2e6, 3e6, 4e6, 5e6], cost[1..]);
        OracleResult result = ClairvoyantOracle.Solve(bounds, hull, arrivals);
        return perSlot.Length == 0 || (double.IsFinite(best)
            ? result.Feasible && Math.Abs((result.Energy * 1e6) - best) <= 1e-9 * best
            : !result.Feasible);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void No_run_of_a_poll_loop_beats_it_at_the_bounds_it_kept() => Prop.ForAll<ushort[], byte[], byte>((gaps, pStates, repeat) =>
    {
        long[] arrivals = OracleCases.Times([.. Enumerable.Repeat(gaps.Select(gap => (ushort)(gap % 1500)), 1 + (repeat % 20)).SelectMany(part => part)]);
        if (arrivals.Length == 0)
        {
            return true;
        }

        RandomRun run = RandomRun.Of(CoreModel.Synthetic, arrivals, pStates);
        OracleBounds bounds = new() { Deadline = run.LongestDelay, RingSize = run.FullestRing, BurstSize = CoreModel.Synthetic.BurstSize, End = run.End };
        OracleResult result = ClairvoyantOracle.Solve(bounds, PowerHull.Of(CoreModel.Synthetic), arrivals);
        return result.Feasible && result.Energy <= run.Energy * (1 + 1e-12);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
}
