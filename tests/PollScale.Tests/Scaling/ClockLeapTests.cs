using PollScale.Governors;
using PollScale.Polling;
using Xunit;

namespace PollScale.Tests.Scaling;

public sealed class ClockLeapTests : IDisposable
{
    private const long Second = 2_500_000_000;
    private readonly ScalerLab _lab = new();

    [Theory]
    [InlineData(2 * Second)]
    [InlineData(-2 * Second)]
    [InlineData(36_000 * Second)]
    [InlineData(-36_000 * Second)]
    public void After_a_leap_the_fastest_is_asked_for_though_it_was_granted_before(long leap)
    {
        using LcoreScaler scaler = new(_lab.Options);
        _lab.Governor.Next = new ScalingDecision(15);
        for (int i = 0; i < 100; i++)
        {
            _lab.Pass(scaler);
        }

        ulong calls = scaler.Calls;
        _lab.Now += (ulong)leap;
        _lab.Pass(scaler, backlog: 40);
        Assert.Equal(new QueueSample { Backlog = 40, PState = 15, ClockLeapt = true }, _lab.Governor.Last);
        Assert.Equal((1UL, calls + 1, 0), (scaler.ClockLeaps, scaler.Calls, _lab.Host.PState));

        for (int i = 0; i < 7; i++)
        {
            _lab.Pass(scaler);
            Assert.Equal(0, _lab.Host.PState);
        }

        _lab.Pass(scaler);
        Assert.Equal(15, _lab.Host.PState);
        _lab.Pass(scaler);
        _lab.Pass(scaler);
        Assert.True(_lab.Governor.Last.Settled, "settled by the old clock");
        Assert.Equal(1UL, scaler.ClockLeaps);
    }

    [Fact]
    public void A_short_pause_is_time_but_teaches_no_cost()
    {
        using LcoreScaler scaler = new(_lab.Options);
        for (int i = 0; i < 50; i++)
        {
            _lab.Pass(scaler);
        }

        _lab.Pass(scaler, ticks: 4 * 2_500_000);
        Assert.Equal((10_000_000UL, false, false), (_lab.Governor.Last.ElapsedTicks, _lab.Governor.Last.Settled, _lab.Governor.Last.ClockLeapt));
        _lab.Pass(scaler);
        Assert.True(_lab.Governor.Last.Settled);
        Assert.Equal(0UL, scaler.ClockLeaps);
    }

    [Fact]
    public void A_slow_application_is_not_taken_for_leaps_for_long()
    {
        using LcoreScaler scaler = new(_lab.Options);
        _lab.Governor.Next = new ScalingDecision(9);
        for (int i = 0; i < 100; i++)
        {
            _lab.Now += 150 * 2_500_000; // 150 ms a poll
            scaler.Observe(32, 10);
        }

        Assert.InRange(scaler.ClockLeaps, 1UL, 15UL);
        Assert.Equal(9, _lab.Host.PState);
    }

    [Theory]
    [InlineData("drain-time", 3600.0)]
    [InlineData("drain-time", -3600.0)]
    [InlineData("optimal-available", 3600.0)]
    [InlineData("optimal-available", -3600.0)]
    public void Rates_and_costs_outlive_a_leap(string name, double seconds)
    {
        SimulatedLcore lcore = new(_ => 1.5e6);
        IExplainedGovernor? governor = null;
        using LcoreScaler scaler = lcore.MakeScaler(context => governor = name == "drain-time" ? new DrainTimeGovernor(context) : new OptimalAvailableGovernor(context));
        lcore.Run(scaler, 0.1);
        int before = scaler.LastGranted;
        lcore.ClockOffset += (long)(seconds * Second);
        lcore.Run(scaler, 0.0001);
        Assert.Equal(0, scaler.LastGranted);
        Assert.InRange(governor!.ArrivalsPerSecond, 1.3e6, 1.7e6);
        lcore.Run(scaler, 0.02);

        Assert.Equal(1UL, scaler.ClockLeaps);
        Assert.InRange(scaler.LastGranted, before - 2, before + 2);
        Assert.InRange(governor.ArrivalsPerSecond, 1.4e6, 1.6e6);
        Assert.Equal(0, lcore.Lost);
    }

    [Fact]
    public void The_cost_of_a_packet_is_not_learned_from_a_pause()
    {
        ServiceCostEstimator cost = new(32, 1000, 1, 1_000_000);
        QueueSample sample = new() { ElapsedTicks = 64_000, Polls = 2, FullPolls = 2, Received = 64 };
        for (int i = 0; i < 200; i++)
        {
            cost.Observe(sample, 1);
        }

        double before = cost.ServiceRate(1);
        cost.Observe(sample with { ElapsedTicks = 64_000_000 }, 1);
        Assert.Equal(before, cost.ServiceRate(1));

        // A cost that has really changed is learned all the same.
        for (int i = 0; i < 2000; i++)
        {
            cost.Observe(sample with { ElapsedTicks = 1_280_000 }, 1);
        }

        Assert.Equal(64.0 / 1_280_000, cost.ServiceRate(1), 0.2 * 64 / 1_280_000);
    }

    [Fact]
    public void The_clock_of_a_moved_machine_may_stand_anywhere()
    {
        Random random = new(11);
        using LcoreScaler scaler = new(_lab.Options with { Governor = context => new DrainTimeGovernor(context) });
        for (int i = 0; i < 2000; i++)
        {
            _lab.Now = random.Next(20) == 0 ? (ulong)random.NextInt64(long.MinValue, long.MaxValue) : _lab.Now + ScalerLab.Period;
            scaler.Observe(random.Next(33), random.Next(100));
        }

        for (int i = 0; i < 3000; i++)
        {
            _lab.Pass(scaler);
        }

        Assert.True(scaler.ClockLeaps > 10);
        Assert.Equal(_lab.Host.PStates.SlowestAllowed, _lab.Host.PState);
    }

    public void Dispose() => _lab.Dispose();
}
