using FsCheck.Fluent;
using PollScale.Governors;
using PollScale.Hypercall;
using PollScale.Polling;
using PollScale.Tests.Shared.Drawing;
using PollScale.Tests.Transports;
using Xunit;

namespace PollScale.Tests.Governors;

public class PendingRequestsTests
{
    private const double Latency = 1000, Period = 50;
    private const uint TscKHz = 2_500_000;
    private static readonly PStateTable s_table = FakeHost.Table();

    /// <summary>Whatever the delays within the latency: a core that serves as long as it must serves what was reckoned with.</summary>
    [Fact]
    public void No_delays_within_the_latency_serve_less_than_what_was_reckoned_with() => Draw.Check(
        Arb.From(
            from requests in Gen.ArrayOf(Gen.Choose(0, 20), 12)
            from gaps in Gen.ArrayOf(Gen.Choose(1, 30), 12)
            from delays in Gen.ArrayOf(Gen.OneOf(Gen.Constant(0), Gen.Constant(1000), Gen.Choose(0, 1000)), 12)
            from horizon in Gen.Choose(1, 3000)
            select (requests, gaps, delays, horizon)),
        one =>
        {
            ServiceCostEstimator cost = new(32, 1000, 1.25, 1_000_000);
            ServiceRates rates = new(cost, s_table, TscKHz);
            PendingRequests pending = new(s_table, Latency);
            List<(double Effect, int PState)> effects = [(double.NegativeInfinity, 0)];
            double now = 0;
            for (int i = 0; i < one.requests.Length; i++)
            {
                double asked = now;
                for (int j = 0; j < one.gaps[i]; j++)
                {
                    now += Period;
                    pending.Observe(new QueueSample { ElapsedTicks = (ulong)Period, PState = one.requests[i] }, now);
                }

                effects.Add((Math.Max(effects[^1].Effect, asked + one.delays[i]), one.requests[i]));
            }

            pending.Plan(now, rates, double.PositiveInfinity);
            double served = 0;
            for (double at = now; at < now + one.horizon; at++)
            {
                served += rates.Safe(effects.Last(effect => effect.Effect <= at).PState);
            }

            return double.IsPositiveInfinity(pending.RateToServe(served * 1.001, one.horizon)) ? null : $"{served} packets in {one.horizon}, and more were reckoned with";
        },
        ordinarily: 500);

    [Fact]
    public void One_request_of_a_latency_ago_is_in_effect_for_certain()
    {
        PendingRequests pending = new(s_table, Latency);
        pending.Observe(new QueueSample { ElapsedTicks = 1, PState = 20 }, 0);
        pending.Observe(new QueueSample { ElapsedTicks = 50, PState = 0 }, 50);
        Assert.Equal((20, 1), (pending.Slowest(), pending.Changes));
        pending.Observe(new QueueSample { ElapsedTicks = 949, PState = 0 }, 999);
        Assert.Equal((20, 1), (pending.Slowest(), pending.Changes));
        pending.Observe(new QueueSample { ElapsedTicks = 1, PState = 0 }, 1000);
        Assert.Equal((0, 0), (pending.Slowest(), pending.Changes));
    }

    [Fact]
    public void What_was_asked_for_before_the_clock_leapt_may_still_come()
    {
        PendingRequests pending = new(s_table, Latency);
        pending.Observe(new QueueSample { ElapsedTicks = 1, PState = 20 }, 0);
        pending.Observe(new QueueSample { ElapsedTicks = 50, PState = 0 }, 50);
        pending.Observe(new QueueSample { ClockLeapt = true, PState = 0 }, 50);
        pending.Observe(new QueueSample { ElapsedTicks = 960, PState = 0 }, 1010);
        Assert.Equal(20, pending.Slowest());
    }
}
