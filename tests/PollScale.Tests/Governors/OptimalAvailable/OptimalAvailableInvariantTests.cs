using PollScale.Governors;
using PollScale.Polling;
using PollScale.Tests.Shared.Drawing;
using PollScale.Tests.Shared.Governors;
using PollScale.Tests.Transports;
using Xunit;

namespace PollScale.Tests.Governors;

/// <summary>What must hold of single decisions, P1 to P4 and P8 to P12: range, order, escalation, calls. docs/governors.md has the list.</summary>
public class OptimalAvailableInvariantTests
{
    private const int OneSlot = 27;

    [DrawnProperty(1000, Arbitrary = [typeof(GovernorDraws)])]
    public void P1_decisions_stay_in_the_allowed_range(AllowedRange range, bool peakKnown, Anything[] samples)
    {
        OptimalAvailableGovernor governor = new(
            GovernorSamples.Context(FakeHost.Table(fastest: range.Fastest, slowest: range.Slowest)),
            new OptimalAvailableOptions { PeakPacketsPerSecond = peakKnown ? 2.8e6 : 0 });
        Assert.All(samples, any =>
        {
            ScalingDecision decision = governor.Decide(any.Sample);
            Assert.InRange(decision.PState, range.Fastest, range.Slowest);
            Assert.True(decision.EscalateAt > 0 && governor.ServiceRate(0) >= 0 && governor.SlotTicks >= 0, $"{decision}, {governor.ServiceRate(0)} packets a tick, slots of {governor.SlotTicks}");
        });
    }

    /// <summary>All else equal: the two governors saw the same until the packets that only one is told of. While it calibrates speed goes to and fro whatever waits.</summary>
    [Fact]
    public void P2_more_backlog_never_asks_for_less_speed() => GovernorCase.Check(one =>
    {
        OptimalAvailableGovernor twin = GovernorRig.Make(one);
        GovernorRig rig = new(one);
        rig.Heard = (sample, _) => twin.Decide(sample);
        rig.Run();
        rig.Heard = null;
        for (int i = 0, last = rig.Granted; i < OneSlot; i++)
        {
            QueueSample sample = rig.Poll(one.Number % (GovernorRig.LinePackets + 1));
            int few = rig.Governor.Decide(sample).PState, many = twin.Decide(sample with { Backlog = sample.Backlog + one.Number }).PState;
            if (many > few && rig.Governor.LastReason != DecisionReason.Calibration)
            {
                return $"P{few} at backlog {sample.Backlog}, but P{many} at {sample.Backlog + one.Number}";
            }

            // Once they differ, so does what they remember.
            if (few != last || many != last)
            {
                return null;
            }
        }

        return null;
    }, seed: 4);

    /// <summary>
    /// Peak rate up, delay bound and ring down. Only from rest: the swing of a steady stream remembers which half it is in, and governors of
    /// other settings are in other halves. Latency is not among them: what the present speed serves meanwhile is work done.
    /// </summary>
    [Fact]
    public void P2_from_rest_a_harder_contract_never_asks_for_less_speed() => GovernorCase.Check(one =>
    {
        double part = 0.5 + (one.Number / 2000.0);
        OptimalAvailableOptions easy = new() { PeakPacketsPerSecond = part * GovernorRig.Line, DelayBound = TimeSpan.FromMilliseconds(1.5) };
        (string Name, OptimalAvailableGovernor Governor)[] harder =
        [
            ("peak", GovernorRig.Make(one, easy with { PeakPacketsPerSecond = GovernorRig.Line })),
            ("delay bound", GovernorRig.Make(one, easy with { DelayBound = part * easy.DelayBound })),
            ("high water", GovernorRig.Make(one, easy with { HighWater = 0.9 * part })),
        ];
        GovernorRig rig = new(one, easy);
        rig.Heard = (sample, _) => Array.ForEach(harder, other => other.Governor.Decide(sample));
        rig.Run();
        rig.Pass(0, 1500);
        QueueSample burst = rig.Poll(0) with { Backlog = one.Number * 7919 % one.Ring };
        int reference = rig.Governor.Decide(burst).PState;
        foreach ((string name, OptimalAvailableGovernor governor) in harder)
        {
            int decision = governor.Decide(burst).PState;
            if (decision > reference)
            {
                return $"{name}: P{decision} instead of P{reference} at backlog {burst.Backlog}";
            }
        }

        return null;
    });

    /// <summary>
    /// Without a grid in the very decision; on a grid in the one before the next edge, for only then a request can take effect. X is the
    /// usable ring: with a line faster than all P-states but one, that is full speed.
    /// </summary>
    [Fact]
    public void P3_a_ring_about_to_overflow_takes_one_decision() => GovernorCase.Check(one =>
    {
        GovernorRig rig = new GovernorRig(one).Run();
        rig.Backlog = (int)(one.Ring * 0.95) + (one.Number % 60);
        int decisions = 1, full = rig.Backlog;
        while (rig.Pass(GovernorRig.LinePackets) != 0 && decisions < 100)
        {
            decisions++;
            rig.Backlog = full;
        }

        return decisions <= (one.Grid ? OneSlot : 1) ? null : $"{decisions} decisions to P0";
    });

    /// <summary>Where the line is so fast that it tells nothing, what is seen alone does: the fastest is asked for though what was asked for before has not taken effect yet.</summary>
    [Fact]
    public void P3_an_escalation_waits_for_no_request_before_it()
    {
        GovernorRig rig = new GovernorRig(new GovernorCase(Grid: false, 500, 4096, 0, []), new OptimalAvailableOptions { PeakPacketsPerSecond = 10 * GovernorRig.Line }).Run();
        int before = rig.Pass(3, 400), asked = before;
        for (int i = 0; i < 1000 && asked == before; i++)
        {
            asked = rig.Pass(38);
        }

        Assert.InRange(asked, 1, before - 1);
        rig.Backlog = 3900;
        Assert.Equal(0, rig.Pass(GovernorRig.LinePackets));
    }

    /// <summary>
    /// Of more packets than the present speed serves until a request takes effect: a few old ones need no full speed, for what is left of
    /// their time is enough at any. As stated (any packet, however few) it would waste energy at low load.
    /// </summary>
    [Fact]
    public void P4_packets_near_their_bound_get_full_speed() => GovernorCase.Check(one =>
    {
        GovernorRig rig = new GovernorRig(one).Run();
        int waiting = 800 + (one.Number % 500);
        rig.Pass(0, 200);
        int decision = -1;
        for (int i = 0; i < 50 + OneSlot; i++)
        {
            // The core is away: packets wait and age.
            QueueSample stalled = new() { ElapsedTicks = GovernorSamples.Period, Polls = 1, EmptyPolls = 1, Backlog = waiting, PState = rig.Granted };
            decision = rig.Governor.Decide(stalled).PState;
        }

        return decision == 0 ? null : $"P{decision} for {waiting} packets past their bound";
    });

    /// <summary>The same moment seen twice, or thrice, wants no second call; and what is granted already, no first.</summary>
    [Fact]
    public void P8_the_same_moment_again_changes_nothing() => GovernorCase.Check(one =>
    {
        GovernorRig rig = new GovernorRig(one).Run();
        for (int i = 0; i < OneSlot; i++)
        {
            QueueSample sample = rig.Poll(one.Number % (GovernorRig.LinePackets + 1));
            int decision = rig.Governor.Decide(sample).PState;
            for (int again = 0; again < 2; again++)
            {
                int repeated = rig.Governor.Decide(new QueueSample { Backlog = sample.Backlog, PState = sample.PState }).PState;
                if (repeated != decision)
                {
                    return $"P{decision}, then P{repeated} at the same moment";
                }
            }

            rig.Grant(decision);
        }

        return null;
    });

    [Fact]
    public void P8_at_the_ends_nothing_is_asked_for() => GovernorCase.Check(one =>
    {
        GovernorRig rig = new GovernorRig(one).Run();
        rig.Pass(0, 1500);
        int calls = rig.Calls;
        rig.Pass(0, 500);
        if (rig.Calls != calls || rig.Granted != 20)
        {
            return $"idle: {rig.Calls - calls} calls, P{rig.Granted}";
        }

        // More than the core serves: at the fastest and asked for more.
        rig.Pass(2 * GovernorRig.LinePackets, 200);
        calls = rig.Calls;
        rig.Pass(2 * GovernorRig.LinePackets, 500);
        return rig.Calls == calls && rig.Granted == 0 ? null : $"overloaded: {rig.Calls - calls} calls, P{rig.Granted}";
    });

    /// <summary>From the start on, calibration included; an escalation to the fastest is free, as P9 has it, and what replaces it at the edge.</summary>
    [Fact]
    public void P9_a_slot_takes_one_request() => GovernorCase.Check(one =>
    {
        GovernorRig rig = new(one);
        double last = double.NegativeInfinity;
        string? wrong = null;
        int granted = 0;
        rig.Heard = (_, decision) =>
        {
            if (decision == granted)
            {
                return;
            }

            bool sameSlot = one.Grid && rig.Governor.SlotTicks > 0 ? rig.EdgeAfter(rig.Now) == rig.EdgeAfter(last) : rig.Now - last < rig.LatencyTicks;
            wrong ??= sameSlot && decision != 0 && granted != 0 ? $"P{decision} asked for {(rig.Now - last) / GovernorSamples.TicksPerUs} us after the request before it" : null;
            (last, granted) = (rig.Now, decision);
        };
        rig.Run();
        return wrong;
    });

    /// <summary>H is 10 ms here: twice the longer time constant of the rate, by when no stream is to be expected, and ring and slot.</summary>
    [Fact]
    public void P10_an_empty_queue_ends_at_the_slowest() => GovernorCase.Check(one =>
    {
        GovernorRig rig = new GovernorRig(one).Run();
        rig.Pass(0, 500);
        int after = rig.Granted;
        int slowest = Enumerable.Range(0, 200).Min(_ => rig.Pass(0));
        return after == 20 && slowest == 20 ? null : $"P{after} after 10 ms of silence, P{slowest} at least in the next 4 ms";
    });

    /// <summary>A step down keeps room for the line until the next request can help, at the new speed from at once.</summary>
    [Fact]
    public void P11_a_step_down_never_risks_the_ring() => GovernorCase.Check(one =>
    {
        GovernorRig rig = new(one);
        string? wrong = null;
        double line = GovernorRig.LinePackets / (double)GovernorSamples.Period;
        rig.Heard = (sample, decision) =>
        {
            if (decision > rig.Granted)
            {
                double exposed = one.Grid && rig.Governor.SlotTicks > 0 ? rig.EdgeAfter(rig.Now) - rig.Now + rig.LatencyTicks : rig.LatencyTicks + GovernorSamples.Period;
                double worst = rig.Backlog + (Math.Max(0, line - rig.Service(decision)) * exposed);
                wrong ??= worst <= one.Ring ? null : $"P{rig.Granted} to P{decision} with {rig.Backlog} packets: {worst:f0} could wait";
            }
        };
        rig.Run();
        return wrong ?? (rig.Lost == 0 ? null : $"{rig.Lost} packets lost");
    });

    /// <summary>
    /// The unit of time, by a power of two so that not even rounding differs. Scaling the core and all times with it is no symmetry: grids
    /// are looked for at 500 us and 1 ms, where hardware has them. When the clock began is a test of its own.
    /// </summary>
    [Fact]
    public void P12_the_unit_of_time_changes_no_decision() => GovernorCase.Check(one =>
    {
        OptimalAvailableGovernor scaled = GovernorRig.Make(one, scale: 4);
        string? wrong = null;
        GovernorRig rig = new(one);
        rig.Heard = (sample, decision) =>
        {
            int other = scaled.Decide(sample with { ElapsedTicks = 4 * sample.ElapsedTicks, CallTicks = 4 * sample.CallTicks }).PState;
            wrong ??= other == decision ? null : $"P{decision}, but P{other} in other ticks";
        };
        rig.Run();
        return wrong;
    });

    /// <summary>They may bring a decision forward that was due and mislead what is learned, but toward speed: an idle core may stay fast for a while.</summary>
    [Fact]
    public void P12_moments_without_time_and_leaps_of_the_clock_cost_no_speed() => GovernorCase.Check(one =>
    {
        Random random = new(one.Number);
        GovernorRig rig = new(one);
        rig.Heard = (sample, _) =>
        {
            if (random.Next(10) == 0)
            {
                rig.Governor.Decide(new QueueSample { Backlog = sample.Backlog, PState = sample.PState, ClockLeapt = random.Next(2) == 0 });
            }
        };
        rig.Run();
        rig.Pass(0, 1500);
        rig.Pass(2 * GovernorRig.LinePackets, 200);
        return rig.Granted == 0 ? null : $"P{rig.Granted} when overloaded";
    });
}
