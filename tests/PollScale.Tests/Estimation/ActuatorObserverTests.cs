using PollScale.Governors;
using PollScale.Hypercall;
using PollScale.Polling;
using PollScale.Tests.Shared.Governors;
using PollScale.Tests.Transports;
using Xunit;

namespace PollScale.Tests.Governors;

public class ActuatorObserverTests
{
    private const uint TscKHz = 2_500_000;
    private const double Latency = 500 * GovernorSamples.TicksPerUs;
    private const int HalfALatency = (int)(Latency / 2 / GovernorSamples.Period);
    private static readonly PStateTable s_table = FakeHost.Table();
    private readonly SlotPhase _slots = new(Latency);
    private readonly ServiceCostEstimator _cost = new(32, 1000, 1.25, 1_000_000);
    private readonly ActuatorObserver _actuator;
    private double _now;

    public ActuatorObserverTests() => _actuator = new ActuatorObserver(s_table, TscKHz, Latency, _slots);

    [Theory]
    [InlineData(0, 0.0)]
    [InlineData(0, 0.6)]
    [InlineData(7, 0.3)]
    [InlineData(20, 0.9)]
    public void An_effect_is_found_where_it_was(int samplesLater, double share)
    {
        Learn();
        for (int i = 0; i < samplesLater; i++)
        {
            Sample(4, 0);
            Assert.False(_actuator.Settled);
        }

        double start = _now;
        Sample(4, 1 - share);
        if (!_actuator.Settled)
        {
            Sample(4, 1);
        }

        Assert.Equal(4, _actuator.Effective);
        Assert.Equal(start + (share * GovernorSamples.Period), _actuator.LastEffect, GovernorSamples.Period);
    }

    [Fact]
    public void What_never_shows_is_taken_for_in_effect_only_after_twice_the_latency()
    {
        Learn();
        double asked = _now;
        do
        {
            Sample(4, 0);
        }
        while (!_actuator.Settled && _now < asked + (10 * Latency));

        Assert.InRange(_now - asked, 2 * Latency, (2 * Latency) + (2 * GovernorSamples.Period));
    }

    [Fact]
    public void A_sample_with_a_change_in_it_does_not_spoil_the_costs()
    {
        Learn();
        double before = _cost.ServiceRate(1);
        for (int i = 0; i < 200; i++)
        {
            // Granted and in effect within one sample, as a request just before an edge is.
            Sample(i % 2 == 0 ? 20 : 0, 0.4);
            Sample(i % 2 == 0 ? 20 : 0, 1);
        }

        Assert.Equal(before, _cost.ServiceRate(1), 0.02 * before);
    }

    [Fact]
    public void Costs_are_not_learned_while_an_earlier_request_may_still_come()
    {
        Learn();
        double before = _cost.ServiceRate(1);
        for (int i = 0; i < 20; i++)
        {
            // Asked for 17 and at once for 20; what shows is 17, for half of the latency, and only then 20.
            Run(17, 0, 2);
            Run(20, 0, 2);
            Run(20, 17, HalfALatency);
            Assert.False(_actuator.IsCertain(_now));
            Run(20, 20, 3 * HalfALatency);
            Assert.True(_actuator.IsCertain(_now));
            Run(0, 20, 2);
            Run(0, 0, 4 * HalfALatency);
            Assert.Equal(before, _cost.ServiceRate(1), 0.02 * before);
        }
    }

    [Fact]
    public void A_granted_p_state_beyond_the_table_is_clamped()
    {
        _actuator.Observe(GovernorSamples.Quiet with { PState = int.MaxValue }, 1, _cost);
        Assert.Equal(20, _actuator.Effective);
        _actuator.Observe(GovernorSamples.Quiet with { PState = int.MinValue }, 2, _cost);
        Assert.Equal(0, _actuator.Pending);
    }

    private void Run(int granted, int inEffect, int samples)
    {
        for (int i = 0; i < samples; i++)
        {
            Look(granted, s_table[inEffect]);
        }
    }

    private void Learn()
    {
        foreach (int pState in (int[])[4, 20, 0])
        {
            for (int i = 0; i < 300; i++)
            {
                Sample(pState, 1);
            }
        }
    }

    // A period of empty polls of 60 cycles, at the P-state in effect for a share of it before that of the grant.
    private void Sample(int granted, double shareAfter)
    {
        int before = _actuator.Effective < 0 ? granted : _actuator.Effective;
        Look(granted, (s_table[before] * (1 - shareAfter)) + (s_table[granted] * shareAfter));
    }

    private void Look(int granted, double kHz)
    {
        uint polls = (uint)(GovernorSamples.Period * kHz / TscKHz / 60);
        _now += GovernorSamples.Period;
        _actuator.Observe(new QueueSample { ElapsedTicks = GovernorSamples.Period, Polls = polls, EmptyPolls = polls, PState = granted }, _now, _cost);
    }
}
