using FsCheck.Fluent;
using PollScale.Governors;
using PollScale.Hypercall;
using PollScale.Polling;
using PollScale.Tests.Shared.Drawing;
using PollScale.Tests.Transports;
using Xunit;

namespace PollScale.Tests.Governors;

public class BoundsGuardTests
{
    private const uint TscKHz = 1_000_000;
    private const double Period = 20_000, Latency = 500_000, Bound = 970_000, Ring = 4096, Burst = 32;
    private static readonly PStateTable s_table = FakeHost.Table();

    /// <summary>What is carried on from earlier looks never calls safe what a look at every packet does not, even where the core serves less than it must.</summary>
    [Fact]
    public void What_is_carried_on_is_no_bolder_than_a_new_look() => Draw.Check(
        Arb.From(
            from pState in Gen.Choose(5, 20)
            from loads in Gen.ArrayOf(Gen.Choose(0, 100), 40)
            from steps in Gen.Choose(1, 12)
            from share in Gen.Choose(40, 100)
            from bound in Gen.Choose(540, 970)
            select (pState, loads, steps, share, bound)),
        one =>
        {
            ServiceRates rates = new(new ServiceCostEstimator((int)Burst, 700, 1, TscKHz), s_table, TscKHz);
            PendingRequests requests = new(s_table, Latency);
            ArrivalHistory history = new(1_000_000);
            double fastest = rates[0], mu = rates.Safe(one.pState), now = 0, arrived = 0, served = 0;
            BoundsGuard carried = Make(rates, requests, history, fastest, one.bound * 1000.0);
            requests.Observe(new QueueSample { PState = one.pState }, now);
            foreach (int load in one.loads)
            {
                for (int i = 0; i < one.steps; i++)
                {
                    now += Period;
                    arrived += Math.Floor(fastest * Period * load / 100);
                    served = Math.Min(arrived, served + (mu * Period * one.share / 100));
                    history.Add(now, arrived);
                    carried.Look(now, arrived - served, served);
                    BoundsGuard anew = Make(rates, requests, history, fastest, one.bound * 1000.0);
                    anew.Look(now, arrived - served, served);
                    bool before = carried.HoldIsSafe(), after = anew.HoldIsSafe();
                    if (before && !after)
                    {
                        return $"at {now} with {arrived - served} waiting";
                    }
                }
            }

            return null;
        },
        ordinarily: 300);

    /// <summary>What is due before the fastest could serve has less time with each look, whatever was served; with more behind it, that has time enough, its margin is carried on from the look before.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(100_000)]
    public void What_was_in_time_is_not_once_nothing_was_served(double behindTicks)
    {
        ServiceRates rates = new(new ServiceCostEstimator((int)Burst, 700, 1, TscKHz), s_table, TscKHz);
        PendingRequests requests = new(s_table, Latency);
        ArrivalHistory history = new(1_000_000);
        BoundsGuard guard = Make(rates, requests, history, rates[0]);
        requests.Observe(new QueueSample { PState = 20 }, 0);
        double age = 460_000, waiting = rates.Safe(20) * (Bound - age - 6_000), arrived = waiting + 1000;
        history.Add(0, 0);
        for (double now = Period; now <= age; now += Period)
        {
            history.Add(now, arrived);
        }

        double behind = rates.Safe(20) * behindTicks;
        history.Add(age, arrived + behind);
        guard.Look(age, waiting + behind, arrived - waiting);
        Assert.True(guard.HoldIsSafe());
        guard.Look(age + 8_000, waiting + behind, arrived - waiting); // what is behind still has time
        Assert.False(guard.HoldIsSafe());
    }

    /// <summary>A bound that is not promised is kept unless it is to be spared; then the other is kept alone.</summary>
    [Theory]
    [InlineData(512, Bound, false, true)]
    [InlineData(Ring, 300_000, true, false)]
    [InlineData(Ring, Bound, true, true)]
    public void Only_what_is_not_promised_is_spared(double ring, double bound, bool keepsRing, bool keepsBound)
    {
        ServiceRates rates = Learned();
        PendingRequests requests = new(s_table, Latency);
        requests.Observe(new QueueSample { PState = 20 }, 0);
        BoundsGuard guard = new(rates, requests, new ArrivalHistory(1_000_000), s_table, new WorstCase(Latency, Period, 1_000, 0, Burst), rates[0], ring, bound);
        guard.Plan(Latency, 1_000, spares: false);
        guard.Look(Period, 0, 0);
        bool held = guard.HoldIsSafe();
        Assert.Equal((true, true, keepsRing && keepsBound), (guard.KeepsRing, guard.KeepsBound, guard.IsPromised));
        guard.Plan(Latency, 1_000, spares: true);
        Assert.True(guard.HoldIsSafe());
        Assert.Equal((keepsRing, keepsBound, keepsRing && keepsBound), (guard.KeepsRing, guard.KeepsBound, held));
    }

    [Fact]
    public void No_line_that_is_not_promised_nor_served_waits()
    {
        ServiceRates rates = Learned();
        PendingRequests requests = new(s_table, Latency);
        requests.Observe(new QueueSample { PState = 20 }, 0);
        BoundsGuard guard = Make(rates, requests, new ArrivalHistory(1_000_000), rates[0], bound: 300_000);
        guard.Plan(Latency, 1_000, spares: true);
        guard.Look(Period, 0, 0);
        double wait = guard.Unserved(rates[0]);
        Assert.Equal((false, 0.0), (guard.IsPromised, wait));
    }

    private static ServiceRates Learned()
    {
        ServiceCostEstimator cost = new((int)Burst, 700, 1, TscKHz);
        for (int i = 0; i < 4000; i++)
        {
            double ticksPerCycle = i % 4 < 2 ? 1.0 / 3 : 1;
            cost.Observe(i % 2 == 0 ? Sample(400, 0, ticksPerCycle) : Sample(2, 64, ticksPerCycle), ticksPerCycle);
        }

        return new ServiceRates(cost, s_table, TscKHz);

        static QueueSample Sample(uint polls, uint received, double ticksPerCycle) =>
            new() { ElapsedTicks = (ulong)((((polls * 60) + (received * 700)) * ticksPerCycle) + (polls * 20) + (received * 60)), Polls = polls, Received = received };
    }

    /// <summary>As long as the guard allows, nothing may be served though the line is full: ring and bound are kept by whoever asks for the fastest then. Three periods and a burst longer one of them is not.</summary>
    [Fact]
    public void Nothing_need_be_served_for_just_as_long_as_a_request_afterwards_still_helps() => Draw.Check(
        Arb.From(
            from pState in Gen.Choose(0, 20)
            from ring in Gen.Choose(1000, 16_000)
            from bound in Gen.Choose(200, 4000)
            from latency in Gen.Choose(10, 1000)
            select (pState, ring, bound, latency)),
        one =>
        {
            const double call = 1_000;
            ServiceRates rates = new(new ServiceCostEstimator((int)Burst, 700, 1, TscKHz), s_table, TscKHz);
            double latency = one.latency * 1000.0, bound = one.bound * 1000.0, line = rates.Safe(0), slow = rates.Safe(one.pState);
            BoundsGuard guard = Quiet(rates, one.pState, new WorstCase(latency, Period, call, 0, Burst), line, one.ring, bound);
            double wait = guard.Unserved(line);
            return !guard.IsPromised || wait <= 0 ? null
                : !Helps(wait) ? $"{wait} is too long"
                : Helps(wait + (3 * Period) + (Burst / line)) ? $"{wait} is too short"
                : null;

            bool Helps(double unserved)
            {
                double time = unserved + (Burst / slow) + call + latency, served = Math.Min(slow * ((Burst / slow) + latency), line * time);
                return (line * time) - served <= one.ring && time - (served / line) <= bound;
            }
        },
        ordinarily: 2000);

    /// <summary>A line that the P-state in effect serves, of which nothing may be promised: none of it is late or lost though nothing is asked for after the wait.</summary>
    [Fact]
    public void A_line_that_what_is_in_effect_serves_may_wait_for_as_long_as_the_bound_leaves() => Draw.Check(
        Arb.From(
            from pState in Gen.Choose(0, 20)
            from ring in Gen.Choose(100, 16_000)
            from bound in Gen.Choose(200, 4000)
            from latency in Gen.Choose(10, 5000)
            from share in Gen.Choose(1, 1000)
            select (pState, ring, bound, latency, share)),
        one =>
        {
            const double call = 1_000;
            ServiceRates rates = new(new ServiceCostEstimator((int)Burst, 700, 1, TscKHz), s_table, TscKHz);
            double latency = one.latency * 1000.0, bound = one.bound * 1000.0, slow = rates.Safe(one.pState), line = slow * one.share / 1000;
            BoundsGuard guard = Quiet(rates, one.pState, new WorstCase(latency, Period, call, 0, Burst), line, one.ring, bound);
            double wait = guard.Unserved(line), lost = call, burst = Burst / slow, most = Math.Min(bound, (one.ring - Burst - (line * Period)) / line) - lost - burst;
            if (wait <= 0)
            {
                return most < Period || (guard.IsPromised && latency > bound) ? null : $"no wait, where {most} might be";
            }

            double latest = 0, fullest = 0, free = wait + lost;
            for (int k = 1; k < 5000; k++)
            {
                double came = k / line;
                free = Math.Max(free, came + burst) + (1 / slow);
                latest = Math.Max(latest, free - came);
                fullest = Math.Max(fullest, line * (free - came));
            }

            return latest > bound ? $"{latest} late of {bound}" : fullest > one.ring ? $"{fullest} in a ring of {one.ring}" : null;
        },
        ordinarily: 2000);

    // Nothing waits, and a P-state has been in effect for long.
    private static BoundsGuard Quiet(ServiceRates rates, int pState, WorstCase worst, double line, double ring, double bound)
    {
        PendingRequests requests = new(s_table, worst.Latency);
        requests.Observe(new QueueSample { PState = pState }, 0);
        BoundsGuard guard = new(rates, requests, new ArrivalHistory(bound), s_table, worst, line, ring, bound);
        guard.Look(Period, 0, 0);
        return guard;
    }

    private static BoundsGuard Make(ServiceRates rates, PendingRequests requests, ArrivalHistory history, double line, double bound = Bound) =>
        new(rates, requests, history, s_table, new WorstCase(Latency, Period, 1_000, 0, Burst), line, Ring, bound);
}
