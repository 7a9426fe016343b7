using System.Diagnostics;
using PollScale.Governors;
using PollScale.Polling;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Drawing;
using PollScale.Tests.Shared.Governors;
using PollScale.Tests.Transports;
using Xunit;

namespace PollScale.Tests.Governors;

/// <summary>What must hold of single decisions, P14 to P18 and P20: what comes back from the host, queues, purity. docs/governors.md has the list.</summary>
public class OptimalAvailableFeedbackTests
{
    private const int OneSlot = 27;

    /// <summary>
    /// A host that denies is asked again, for no less than the need; one that grants again is believed at once. To give up calling is the
    /// scaler's part: the governor knows of no calls. With a plain delay of 500 us an idle core may stay fast for tens of milliseconds
    /// after it: there only speed is asserted.
    /// </summary>
    [Fact]
    public void P14_denials_fail_toward_speed_and_are_forgotten() => GovernorCase.Check(one =>
    {
        GovernorRig rig = new GovernorRig(one).Run();
        rig.Denies = true;
        rig.Pass(one.Number % 20, 100);
        rig.Backlog = one.Ring;
        int pressed = rig.Pass(2 * GovernorRig.LinePackets, 2 * OneSlot);
        rig.Denies = false;
        int granted = rig.Pass(2 * GovernorRig.LinePackets, OneSlot);
        rig.Backlog = 0;
        rig.Pass(0, 1500);
        return (pressed, granted) == (0, 0) && (rig.Granted == 20 || (!one.Grid && one.LatencyUs == 500)) ? null : $"P{pressed} while denied, P{granted} granted, P{rig.Granted} when idle";
    });

    /// <summary>Late, doubled and swapped samples: they may mislead what is learned, but toward speed.</summary>
    [Fact]
    public void P14_samples_late_or_twice_cost_no_speed() => GovernorCase.Check(one =>
    {
        Random random = new(one.Number);
        GovernorRig rig = new(one);
        QueueSample kept = GovernorSamples.Quiet;
        rig.Heard = (sample, _) =>
        {
            for (int i = random.Next(60) == 0 ? random.Next(3) : 0; i > 0; i--)
            {
                rig.Governor.Decide(random.Next(2) == 0 ? kept : sample);
            }

            kept = random.Next(20) == 0 ? sample : kept;
        };
        rig.Run();
        rig.Heard = null;
        rig.Pass(0, 1500);
        rig.Pass(2 * GovernorRig.LinePackets, 200);
        return rig.Granted == 0 ? null : $"P{rig.Granted} when overloaded";
    });

    /// <summary>A host that grants less than asked for: costs are learned at what it granted, and nothing winds up.</summary>
    [Fact]
    public void P15_what_is_granted_counts_not_what_was_asked_for() => GovernorCase.Check(one =>
    {
        GovernorRig rig = new GovernorRig(one).Run();
        rig.Cap = 4 + (one.Number % 12);
        rig.Pass(GovernorRig.LinePackets, 600);
        double learned = rig.Governor.ServiceRate(rig.Granted), truth = rig.Service(rig.Granted) * 2.5e9;
        if (rig.Granted != rig.Cap || Math.Abs(learned - truth) > 0.02 * truth)
        {
            return $"P{rig.Granted} of at most P{rig.Cap}: {learned:f0} packets per second learned, {truth:f0} true";
        }

        rig.Backlog = 0;
        rig.Pass(0, 1500);
        return rig.Granted == 20 ? null : $"P{rig.Granted} when idle";
    });

    /// <summary>
    /// Queues of one lcore: the governor sees their sum. The maximum over the vCPUs of a frequency domain is the host's rule, and tested with
    /// its policy.
    /// </summary>
    [Fact]
    public void P16_the_order_of_queues_and_empty_ones_do_not_matter() => GovernorCase.Check(one =>
    {
        Random random = new(one.Number);
        QueueBacklogs some = new(4, 32, one.Ring), swapped = new(5, 32, one.Ring);
        OptimalAvailableGovernor other = GovernorRig.Make(one);
        string? wrong = null;
        GovernorRig rig = new(one);
        int[] order = [0, 1, 2, 3, 4];
        random.Shuffle(order);
        rig.Heard = (sample, decision) =>
        {
            int rest = sample.Backlog, sum = 0, sumSwapped = swapped.Set(order[4], 0, 0);
            for (int queue = 0; queue < 4; queue++)
            {
                int part = queue == 3 ? rest : random.Next(rest + 1);
                rest -= part;
                (sum, sumSwapped) = (some.Set(queue, 1, part), swapped.Set(order[queue], 1, part));
            }

            int same = other.Decide(sample with { Backlog = sumSwapped }).PState;
            wrong ??= sum == sample.Backlog && same == decision ? null : $"{sample.Backlog} packets: sums {sum} and {sumSwapped}, P{decision} and P{same}";
        };
        rig.Run();
        return wrong;
    });

    [DrawnProperty(1000, Arbitrary = [typeof(GovernorDraws)])]
    public bool P17_the_same_samples_give_the_same_decisions(AllowedRange range, bool peakKnown, Anything[] samples)
    {
        OptimalAvailableGovernor first = Make(range, peakKnown), second = Make(range, peakKnown);
        return samples.All(any => first.Decide(any.Sample) == second.Decide(any.Sample) && first.LastReason == second.LastReason);
    }

    [DrawnProperty(1000, Arbitrary = [typeof(GovernorDraws)])]
    public bool P17_no_sample_allocates(AllowedRange range, bool peakKnown, Anything[] any)
    {
        OptimalAvailableGovernor governor = Make(range, peakKnown);
        QueueSample[] samples = [.. any.Select(one => one.Sample)];
        Decide(governor, samples);
        return Allocated.Bytes(() => Decide(governor, samples)) == 0;
    }

    [Fact]
    public void P17_no_clock_is_read_and_no_lock_taken()
    {
        Type[] impure = [typeof(Stopwatch), typeof(DateTime), typeof(DateTimeOffset), typeof(Environment), typeof(TimeProvider), typeof(Monitor), typeof(Lock), typeof(Random), typeof(Thread), typeof(Task)];
        Type[] parts =
        [
            typeof(OptimalAvailableGovernor), typeof(ActuatorObserver), typeof(ActuatorCalibration), typeof(SlotPhase), typeof(RateTracker), typeof(ArrivalEnvelope),
            typeof(ArrivalCount), typeof(BacklogReader), typeof(ArrivalHistory), typeof(ServiceCostEstimator), typeof(CostRegression), typeof(ServiceRates), typeof(CallTime),
        ];
        Assert.All(parts, part => Assert.Empty(TypeUses.Of(part).Intersect(impure)));
    }

    /// <summary>
    /// From rest, for then both tables' governors are in one state: twice as many P-states bring the frequency nearer to the need. A deadline
    /// or the certificate is never served slower than the coarse table's next one; the swing of a steady stream may be.
    /// </summary>
    [Fact]
    public void P18_a_finer_table_chooses_within_a_step_of_the_coarse_one() => GovernorCase.Check(one =>
    {
        OptimalAvailableGovernor finer = GovernorRig.Make(one, table: FakeHost.Table(count: 41, latencyNs: (uint)one.LatencyUs * 1000));
        GovernorRig rig = new(one);
        rig.Heard = (sample, _) => finer.Decide(sample with { PState = 2 * sample.PState });
        rig.Run();
        rig.Pass(0, 1500);
        QueueSample burst = rig.Poll(0) with { Backlog = one.Number * 7919 % one.Ring };
        int coarse = rig.Governor.Decide(burst).PState, fine = finer.Decide(burst with { PState = 40 }).PState;
        return Math.Abs(fine - (2 * coarse)) < 2 ? null : $"P{coarse} of 21 but P{fine} of 41 at backlog {burst.Backlog}";
    });

    private static OptimalAvailableGovernor Make(AllowedRange range, bool peakKnown) => new(
        GovernorSamples.Context(FakeHost.Table(fastest: range.Fastest, slowest: range.Slowest)),
        new OptimalAvailableOptions { PeakPacketsPerSecond = peakKnown ? 2.8e6 : 0 });

    private static void Decide(OptimalAvailableGovernor governor, QueueSample[] samples)
    {
        foreach (QueueSample sample in samples)
        {
            governor.Decide(sample);
        }
    }
}
