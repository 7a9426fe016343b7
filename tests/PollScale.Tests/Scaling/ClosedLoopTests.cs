using FsCheck.Fluent;
using PollScale.Governors;
using PollScale.Hypercall;
using PollScale.Tests.Shared.Drawing;
using PollScale.Tests.Transports;
using Xunit;

namespace PollScale.Tests.Scaling;

public class ClosedLoopTests
{
    [Fact]
    public void On_off_traffic_loses_nothing_and_saves_energy()
    {
        (double scaled, SimulatedLcore lcore) = RunFor(0.2, OnOff(2.8e6, 0.2e6, 0.004));
        (double fixedMax, _) = RunFor(0.2, OnOff(2.8e6, 0.2e6, 0.004), context => FixedGovernor.Max(context.PStates));
        TestContext.Current.TestOutputHelper?.WriteLine($"energy {scaled / fixedMax:f3}, calls {lcore.Calls}, max backlog {lcore.MaxBacklog}");

        Assert.Equal(0, lcore.Lost);
        Assert.True(scaled < 0.4 * fixedMax, $"energy {scaled / fixedMax:f3} of the fastest P-state's");
        Assert.InRange(lcore.Calls, 50, 250); // 25 periods of on and off
    }

    [Fact]
    public void Any_on_off_traffic_within_the_service_rate_loses_nothing() => Draw.Check(
        Gen.Choose(0, int.MaxValue).ToArbitrary(),
        seed =>
        {
            Random random = new(seed);
            double high = 3.4e6 * random.NextDouble();
            double half = Math.Pow(10, -5 + (3 * random.NextDouble()));
            SimulatedLcore lcore = new(OnOff(high, high * random.NextDouble(), half), callUs: 50 * random.NextDouble(), cyclesPerPacket: 300 + (450 * random.NextDouble()), jitter: random);
            using LcoreScaler scaler = lcore.MakeScaler();
            lcore.Run(scaler, 0.05);
            return lcore.Lost == 0 ? null : $"{lcore.Lost} of {lcore.Received + lcore.Lost} lost, {high:f0}/s for {half:g3} s";
        },
        100,
        seed: 1);

    [Fact]
    public void A_constant_load_settles_without_calls()
    {
        SimulatedLcore lcore = new(t => t < 0.005 ? 0 : 2.0e6);
        using LcoreScaler scaler = lcore.MakeScaler();
        lcore.Run(scaler, 0.1);
        long calls = lcore.Calls;
        lcore.Run(scaler, 0.5);

        Assert.InRange(lcore.Calls - calls, 0, 4);
        Assert.Equal(0, lcore.Lost);
        Assert.InRange(lcore.PStates[scaler.LastGranted], 1_500_000u, 1_800_000u); // 2.0 Mpps x 750 cycles = 1.5 GHz
    }

    [Fact]
    public void A_step_in_load_is_answered_by_few_calls()
    {
        SimulatedLcore lcore = new(t => t < 0.05 ? 0.2e6 : 2.8e6);
        using LcoreScaler scaler = lcore.MakeScaler();
        lcore.Run(scaler, 0.049);
        Assert.Equal(20, scaler.LastGranted);
        long calls = lcore.Calls;
        lcore.Run(scaler, 0.003);

        Assert.InRange(lcore.Calls - calls, 1, 4);
        Assert.InRange(lcore.MaxBacklog, 1, 2800); // what arrives within the delay bound of 1 ms
    }

    [Theory]
    [InlineData(300)]
    [InlineData(3000)]
    public void The_packet_cost_is_learned_from_a_wrong_prior(double truth)
    {
        double capacity = 3e9 / truth;
        SimulatedLcore lcore = new(OnOff(capacity * 0.9, capacity * 0.3, 0.002), cyclesPerPacket: truth);
        DrainTimeGovernor? governor = null;
        using LcoreScaler scaler = lcore.MakeScaler(context => governor = new DrainTimeGovernor(context));
        lcore.Run(scaler, 0.5);

        Assert.Equal(0, lcore.Lost);
        Assert.InRange(governor!.CyclesPerPacket, truth * 0.95, truth * 1.25);
    }

    [Fact]
    public void Without_backlog_reports_full_bursts_raise_the_speed()
    {
        SimulatedLcore lcore = new(OnOff(2.8e6, 0.2e6, 0.004)) { ReportsBacklog = false };
        using LcoreScaler scaler = lcore.MakeScaler();
        lcore.Run(scaler, 0.2);

        Assert.Equal(0, lcore.Lost);
    }

    [Fact]
    public void An_idle_queue_ends_at_the_slowest_p_state()
    {
        SimulatedLcore lcore = new(t => t < 0.01 ? 2.8e6 : 0);
        using LcoreScaler scaler = lcore.MakeScaler();
        lcore.Run(scaler, 0.02);

        Assert.Equal(lcore.PStates.SlowestAllowed, scaler.LastGranted);
    }

    [Fact]
    public void A_flaky_host_costs_no_packets_at_moderate_load()
    {
        Random random = new(7);
        FrequencyStatus[] faults = [FrequencyStatus.Throttled, FrequencyStatus.BackendFailed];
        SimulatedLcore lcore = new(OnOff(2.0e6, 0.2e6, 0.003))
        {
            Fault = () => random.Next(10) == 0 ? new FrequencyReply(faults[random.Next(2)]) : null,
        };
        using LcoreScaler scaler = lcore.MakeScaler();
        lcore.Run(scaler, 0.3);

        Assert.True(scaler.FailedCalls > 0);
        Assert.Equal(0, lcore.Lost);
    }

    [Fact]
    public void A_host_that_clamps_is_not_asked_again_and_again()
    {
        SimulatedLcore lcore = new(_ => 3.9e6, pStates: FakeHost.Table(fastest: 5));
        using LcoreScaler scaler = lcore.MakeScaler();
        lcore.Run(scaler, 0.1);

        Assert.Equal(5, scaler.LastGranted);
        Assert.InRange(lcore.Calls, 3, 5); // three of them to begin with
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(30, 3)]
    public void What_the_first_calls_take_is_planned_with(double callUs, long calls)
    {
        SimulatedLcore lcore = new(_ => 0, callUs: callUs);
        GovernorContext? context = null;
        using LcoreScaler scaler = lcore.MakeScaler(made => new OptimalAvailableGovernor(context = made));
        Assert.Equal(calls, lcore.Calls);
        Assert.Equal(callUs, context!.CallTime!.Value.TotalMicroseconds, 0.2);
        Assert.Equal(new OptimalAvailableGovernor(context with { CallTime = null }, new OptimalAvailableOptions { CallTime = TimeSpan.FromMicroseconds(callUs) }).DelayBound,
            ((OptimalAvailableGovernor)scaler.Governor).DelayBound);
    }

    private static (double Energy, SimulatedLcore Lcore) RunFor(double seconds, Func<double, double> arrivals, Func<GovernorContext, IGovernor>? governor = null)
    {
        SimulatedLcore lcore = new(arrivals);
        using LcoreScaler scaler = lcore.MakeScaler(governor);
        lcore.Run(scaler, seconds);
        return (lcore.Energy, lcore);
    }

    private static Func<double, double> OnOff(double high, double low, double halfPeriod) => t => (long)(t / halfPeriod) % 2 == 1 ? high : low;
}
