using PollScale.Simulation.Cores;
using PollScale.Simulation.Oracle;
using PollScale.Simulation.Traffic;
using Xunit;

namespace PollScale.Simulation.Tests.Oracle;

public class ClairvoyantOracleTests
{
    private static readonly PowerHull s_hull = PowerHull.Of(CoreModel.Synthetic);

    private static readonly OracleBounds s_bounds = new() { Deadline = SimTime.Millisecond, RingSize = 2048, BurstSize = 32, End = SimTime.Second / 10 };

    [Fact]
    public void Idle_time_costs_polling_at_the_slowest_p_state()
    {
        OracleResult result = ClairvoyantOracle.Solve(s_bounds, s_hull, []);
        Assert.Equal(s_hull.Watts(0) / 10, result.Energy, 1e-12);
        Assert.Equal(s_hull.Watts(0), result.MeanWatts, 1e-12);
        Assert.Equal(1, result.Segments);
        Assert.True(result.Feasible);
    }

    [Fact]
    public void Constant_load_is_served_at_its_own_rate()
    {
        OracleResult result = ClairvoyantOracle.Solve(s_bounds, s_hull, Constant(2.5e6, s_bounds.End));
        Assert.Equal(s_hull.Watts(2.5e6), result.MeanWatts, 0.02 * result.MeanWatts);
        Assert.InRange(result.PeakRate, 2.4e6, 2.5e6);
        Assert.Equal(250_000, result.Packets);
    }

    [Fact]
    public void Stretches_in_which_nobody_keeps_the_bounds_are_counted()
    {
        // 10 Mpps for 2 ms, twice, far apart.
        OracleBounds bounds = s_bounds with { RingSize = int.MaxValue, BurstSize = 0 };
        long[] arrivals = [.. new[] { 1, 10 }.SelectMany(ms => Enumerable.Range(0, 20_000).Select(i => (ms * SimTime.Millisecond) + (i * 100 * SimTime.Nanosecond)))];
        OracleResult result = ClairvoyantOracle.Solve(bounds, s_hull, arrivals), none = ClairvoyantOracle.Solve(bounds, s_hull, [.. arrivals.Where((_, i) => i % 10 == 0)]);

        Assert.Equal(2, result.InfeasibleStretches);
        Assert.InRange(result.FirstInfeasibleStart!.Value, SimTime.Millisecond, 1.01 * SimTime.Millisecond);
        Assert.InRange(result.LongestInfeasibleStretch, 2.5 * SimTime.Millisecond, 3.1 * SimTime.Millisecond);
        Assert.Equal(result.InfeasibleTimeShare * bounds.End, 2.0 * result.LongestInfeasibleStretch, 0.01 * SimTime.Millisecond);
        Assert.Equal((0, 0, null), (none.InfeasibleStretches, none.LongestInfeasibleStretch, none.FirstInfeasibleStart));
    }

    [Fact]
    public void Load_above_the_fastest_service_rate_is_infeasible_and_costs_the_highest_power()
    {
        OracleResult result = ClairvoyantOracle.Solve(s_bounds, s_hull, Constant(5e6, s_bounds.End));
        Assert.False(result.Feasible);
        Assert.InRange(result.InfeasibleTimeShare, 0.98, 1);
        Assert.InRange(result.InfeasiblePacketShare, 0.98, 1);
        Assert.InRange(result.UnservablePackets, 0.9 * (5e6 - s_hull.MaxRate) / 10, (5e6 - s_hull.MaxRate) / 10);
        Assert.InRange(result.MeanWatts, 0.98 * s_hull.MaxWatts, s_hull.MaxWatts);
    }

    [Fact]
    public void A_batch_larger_than_ring_and_burst_overflows_by_the_rest()
    {
        long[] batch = [.. Enumerable.Repeat(SimTime.Millisecond, 2100)];
        OracleResult result = ClairvoyantOracle.Solve(s_bounds, s_hull, batch);
        Assert.Equal(2100 - 2048 - 32, result.OverflowingPackets);
        Assert.Equal(2100, result.Packets);
        Assert.Equal(20 / 2100.0, result.InfeasiblePacketShare, 1e-12);
        Assert.True(ClairvoyantOracle.Solve(s_bounds with { RingSize = 2068 }, s_hull, batch).Feasible);
    }

    [Fact]
    public void Packets_from_before_the_start_count_as_served()
    {
        long[] arrivals = Constant(3e6, s_bounds.End);
        OracleBounds half = s_bounds with { Start = s_bounds.End / 2 };
        OracleResult window = ClairvoyantOracle.Solve(half, s_hull, arrivals);
        OracleResult alone = ClairvoyantOracle.Solve(s_bounds with { End = s_bounds.End / 2 }, s_hull, [.. arrivals.Where(time => time >= half.Start).Select(time => time - half.Start)]);
        Assert.Equal(alone, window);
    }

    [Fact]
    public void Windows_of_a_run_never_cost_more_than_the_whole()
    {
        long[] arrivals = Constant(3e6, s_bounds.End);
        double whole = ClairvoyantOracle.Solve(s_bounds, s_hull, arrivals).Energy;
        double first = ClairvoyantOracle.Solve(s_bounds with { End = s_bounds.End / 3 }, s_hull, arrivals).Energy;
        double second = ClairvoyantOracle.Solve(s_bounds with { Start = s_bounds.End / 3 }, s_hull, arrivals).Energy;
        Assert.InRange(first + second, 0.9 * whole, whole);
    }

    [Fact]
    public void Arrivals_made_bit_by_bit_give_the_same_to_the_bit()
    {
        long[] arrivals = Constant(2.9e6, SimTime.Second / 5);
        Assert.Equal(ClairvoyantOracle.Solve(s_bounds, s_hull, arrivals), ClairvoyantOracle.Solve(s_bounds, s_hull, new Listed(arrivals)));
    }

    [Fact]
    public void Falling_times_and_senseless_bounds_are_refused()
    {
        Assert.Contains("must not fall", Assert.Throws<ArgumentException>(() => ClairvoyantOracle.Solve(s_bounds, s_hull, [5, 4])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => ClairvoyantOracle.Solve(s_bounds with { Deadline = 0 }, s_hull, []));
        Assert.Throws<ArgumentException>(() => ClairvoyantOracle.Solve(s_bounds with { RingSize = 0 }, s_hull, []));
        Assert.Throws<ArgumentException>(() => ClairvoyantOracle.Solve(s_bounds with { BurstSize = -1 }, s_hull, []));
        Assert.Throws<ArgumentException>(() => ClairvoyantOracle.Solve(s_bounds with { Start = s_bounds.End }, s_hull, []));
    }

    private static long[] Constant(double rate, long end) => [.. Enumerable.Range(0, (int)(rate * SimTime.ToSeconds(end))).Select(i => (long)(i * SimTime.Second / rate))];

    private sealed class Listed(long[] times) : IArrivals
    {
        private int _next;

        public int Fill(Span<long> into)
        {
            int count = Math.Min(into.Length, times.Length - _next);
            times.AsSpan(_next, count).CopyTo(into);
            _next += count;
            return count;
        }
    }
}
