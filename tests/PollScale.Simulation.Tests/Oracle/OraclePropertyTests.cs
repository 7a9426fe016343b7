using FsCheck;
using FsCheck.Fluent;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Oracle;
using PollScale.Tests.Shared.Drawing;
using Xunit;

namespace PollScale.Simulation.Tests.Oracle;

public class OraclePropertyTests
{
    private const double Rounding = 1 + 1e-9;

    // Sparse and dense, with long silences.
    [DrawnProperty(1000)]
    public void The_schedule_is_that_of_the_plainest_form(ushort[] gaps, ushort wait, byte room, byte burst, byte silence)
    {
        long time = 0;
        long[] arrivals = [.. gaps.Select(gap => time += (gap % 5 == 0 ? 0 : gap) * (gap % 16 == 1 ? silence : 1L) * SimTime.Nanosecond)];
        OracleBounds bounds = OracleCases.Bounds(arrivals, (1 + (wait * 4L)) * SimTime.Nanosecond, 1 + room) with { BurstSize = burst % 40, Start = time * (silence % 3) / 7 };
        List<OracleSegment> schedule = [];
        ClairvoyantOracle.Solve(bounds, OracleCases.Cubic, arrivals, schedule);
        Assert.Equal(PlainOracle.Solve(bounds, arrivals), schedule);
    }

    [Fact]
    public void A_longer_deadline_or_a_larger_ring_never_costs_more() => Prop.ForAll<ushort[], ushort, Tuple<byte, ushort>>((gaps, wait, rest) =>
    {
        (byte room, ushort more) = rest;
        long[] arrivals = OracleCases.Times(gaps);
        OracleBounds bounds = OracleCases.Bounds(arrivals, (wait + 1) * SimTime.Nanosecond, LargestBatch(arrivals) + room);
        double energy = OracleCases.Energy(arrivals, bounds);
        return OracleCases.Energy(arrivals, bounds with { Deadline = bounds.Deadline + (more * SimTime.Nanosecond) }) <= energy * Rounding
            && OracleCases.Energy(arrivals, bounds with { RingSize = bounds.RingSize + more }) <= energy * Rounding
            && OracleCases.Energy(arrivals, bounds with { BurstSize = more % 64 }) <= energy * Rounding;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void One_more_packet_never_costs_less() => Prop.ForAll<ushort[], ushort, Tuple<byte, ushort>>((gaps, wait, rest) =>
    {
        (byte room, ushort where) = rest;
        long[] arrivals = OracleCases.Times(gaps);
        long extra = arrivals.Length == 0 ? 0 : where * arrivals[^1] / ushort.MaxValue;
        long[] more = [.. arrivals.Append(extra).Order()];
        OracleBounds bounds = OracleCases.Bounds(more, (wait + 1) * SimTime.Nanosecond, LargestBatch(more) + room);
        return OracleCases.Energy(more, bounds) * Rounding >= OracleCases.Energy(arrivals, bounds);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void Slower_time_and_slower_core_cost_in_proportion() => Prop.ForAll<ushort[], ushort, Tuple<byte, byte>>((gaps, wait, rest) =>
    {
        (byte room, byte factor) = rest;
        long[] arrivals = OracleCases.Times(gaps);
        OracleBounds bounds = OracleCases.Bounds(arrivals, (wait + 1) * SimTime.Nanosecond, room + 1);
        OracleBounds scaled = bounds with { Deadline = bounds.Deadline * (factor + 1), End = bounds.End * (factor + 1) };
        PowerHull fast = new([1e6, 2e6, 4e6], [1, 2, 5]);
        PowerHull slow = new([1e6 / (factor + 1), 2e6 / (factor + 1), 4e6 / (factor + 1)], [1, 2, 5]);
        OracleResult once = ClairvoyantOracle.Solve(bounds, fast, arrivals);
        OracleResult scaledResult = ClairvoyantOracle.Solve(scaled, slow, [.. arrivals.Select(time => time * (factor + 1))]);
        return Math.Abs(scaledResult.Energy - (once.Energy * (factor + 1))) <= 1e-9 * scaledResult.Energy
            && scaledResult.OverflowingPackets == once.OverflowingPackets && scaledResult.Feasible == once.Feasible;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void The_schedule_keeps_the_bounds_and_has_no_gap() => Prop.ForAll<ushort[], ushort, byte>((gaps, wait, room) =>
    {
        long[] arrivals = OracleCases.Times(gaps);
        OracleBounds bounds = OracleCases.Bounds(arrivals, (wait + 1) * SimTime.Nanosecond, LargestBatch(arrivals) + room);
        List<OracleSegment> schedule = [];
        OracleResult result = ClairvoyantOracle.Solve(bounds, OracleCases.Cubic, arrivals, schedule);
        long time = 0, done = 0;
        foreach (OracleSegment part in schedule)
        {
            if (part.Start != time || part.End <= time || part.Packets < 0)
            {
                return false;
            }

            // Between its ends the part is a line, and both bounds are steps: look at each step.
            foreach (long step in arrivals.Concat(arrivals.Select(arrival => arrival + bounds.Deadline)).Where(step => step >= part.Start && step <= part.End))
            {
                double at = done + (part.Packets * (double)(step - part.Start) / (part.End - part.Start));
                int due = Math.Max(arrivals.Count(arrival => arrival + bounds.Deadline <= step), arrivals.Count(arrival => arrival <= step) - bounds.RingSize);
                if (at > arrivals.Count(arrival => arrival < step) + 1e-6 || at < due - 1e-6)
                {
                    return false;
                }
            }

            (time, done) = (part.End, done + part.Packets);
        }

        return time == bounds.End && done == arrivals.Length && result.Segments == schedule.Count && result.Packets == arrivals.Length;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    private static int LargestBatch(long[] arrivals) => arrivals.GroupBy(time => time).Select(batch => batch.Count()).DefaultIfEmpty(1).Max();
}
