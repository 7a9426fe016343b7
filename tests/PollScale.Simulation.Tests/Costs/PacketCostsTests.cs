using PollScale.Simulation.Cores;
using PollScale.Simulation.Costs;
using PollScale.Simulation.Running;
using PollScale.Simulation.Tests.Running;
using Xunit;
using static PollScale.Simulation.Tests.Running.TestCores;

namespace PollScale.Simulation.Tests.Costs;

public class PacketCostsTests
{
    [Theory]
    [InlineData("flows")]
    [InlineData("flows:count=16,low=1,high=2,train=64")]
    [InlineData("size:factor=2")]
    [InlineData("steps:time=1ms+bursts:factor=3,time=2ms,gap=7ms")]
    [InlineData("steal:time=100us,gap=10ms+cooling:factor=3,time=20us,packets=10")]
    public void A_text_gives_itself_again(string text) => Assert.Equal(text, PacketCosts.Parse(text).Name);

    [Theory]
    [InlineData("flow", "'flow' is no kind of cost: use flows, size, steps, bursts, steal, cooling")]
    [InlineData("flows:low=3,high=2", "low is 3, above high, 2")]
    [InlineData("steps:time=1", "takes 1us .. 100s, not '1'")]
    [InlineData("steal+steal:gap=0", "gap takes 10us .. 100s")]
    public void What_is_wrong_is_said(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<FormatException>(() => PacketCosts.Parse(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(64, 1)]
    [InlineData(60, 1)]
    [InlineData(791, 2)]
    [InlineData(1518, 3)]
    [InlineData(9000, 1 + (2 * 8936 / 1454.0))]
    [InlineData(65535, 1 + (2 * 8936 / 1454.0))]
    public void A_frame_costs_in_proportion_to_what_it_has_above_64_bytes(int bytes, double factor) =>
        Assert.Equal(factor, PacketCosts.Parse("size:factor=3").Start(1).Weight(bytes), 9);

    [Fact]
    public void Frames_of_no_length_get_one_from_64_to_9000()
    {
        CostRun run = PacketCosts.Parse("size:factor=3").Start(1);
        double[] weights = [.. Enumerable.Range(0, 5000).Select(_ => run.Weight(0))];
        Assert.True(weights.Min() < 1.01 && weights.Max() > 12 && weights.Max() <= PacketCosts.Parse("size:factor=3").Highest);
    }

    [Fact]
    public void Flows_have_a_factor_each_and_come_in_trains()
    {
        CostRun run = PacketCosts.Parse("flows:count=8,train=10").Start(3);
        double[] weights = [.. Enumerable.Range(0, 20_000).Select(_ => run.Weight(0))];
        Assert.Equal(8, weights.Distinct().Count());
        Assert.All(weights, weight => Assert.InRange(weight, 0.5, 3));

        // One packet in ten begins a train, one train in eight of the same flow.
        Assert.InRange(weights.Zip(weights.Skip(1)).Count(pair => pair.First != pair.Second), 1600, 1900);
    }

    [Fact]
    public void Steps_and_bursts_last_as_long_as_they_should()
    {
        CostRun steps = PacketCosts.Parse("steps:time=1ms").Start(1), bursts = PacketCosts.Parse("bursts:factor=3,time=1ms,gap=4ms").Start(1);
        double[] stepped = [.. Enumerable.Range(0, 100_000).Select(i => steps.Factor(i * 10 * Us, 1))], burst = [.. Enumerable.Range(0, 100_000).Select(i => bursts.Factor(i * 10 * Us, 1))];
        Assert.All(stepped, factor => Assert.InRange(factor, 0.5, 3));
        Assert.InRange(stepped.Distinct().Count(), 900, 1100);
        Assert.Equal([1, 3], burst.Distinct().Order());
        Assert.InRange(burst.Count(factor => factor == 3) / 1e5, 0.17, 0.23);
    }

    [Fact]
    public void Caches_cool_in_silence_and_packets_warm_them()
    {
        CostRun run = PacketCosts.Parse("cooling:factor=3,time=1ms,packets=100").Start(1);
        Assert.Equal(3, run.Factor(0, 100), 9);
        Assert.Equal(1 + (2 / Math.E), run.Factor(0, 1_000_000), 6);
        Assert.Equal(1, run.Factor(0, 1), 6);
        Assert.Equal(1 + (2 * (1 - Math.Exp(-1))), run.Factor(Ms, 1), 1);
    }

    [Fact]
    public void A_steal_takes_its_time_from_whatever_goes_on()
    {
        // 20 steals of 100 us in the second after the first; each puts a poll of 100 ns off.
        PollLoopOptions options = Options(Round, SimTime.Second) with { Costs = PacketCosts.Parse("steal:time=100us,gap=50ms") };
        RunResult idle = PollLoop.Run(options, new ListedArrivals()), whole = PollLoop.Run(options with { Costs = null }, new ListedArrivals());
        long steals = (whole.Polls - idle.Polls) / 1000;
        Assert.InRange(steals, 17, 23);
        Assert.Equal(whole.Polls - (steals * 1000), idle.Polls);
        Assert.Equal(whole.Joules, idle.Joules);
        Assert.InRange(PollLoop.Run(options, new SteadyArrivals(0, 10 * Us)).Delay.Max, 99, 101);
    }

    [Fact]
    public void A_burst_takes_what_its_packets_cost_together()
    {
        // Packets of 300 ns that cost twice as much take 100 + 600 ns.
        PollLoopOptions options = Options(Round, Ms) with { Costs = PacketCosts.Parse("flows:count=1,low=2,high=2") };
        RunResult run = PollLoop.Run(options, new SteadyArrivals(0, Us));
        Assert.Equal((1000L, 4000L), (run.Forwarded, run.Polls));
    }
}
