using FsCheck.Xunit;
using PollScale.Governors;
using PollScale.Polling;
using PollScale.Simulation.Incumbents;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Drawing;
using PollScale.Tests.Shared.Governors;
using Xunit;

namespace PollScale.Simulation.Tests.Governors;

/// <summary>What holds for every governor of the catalog.</summary>
public class EveryGovernorTests
{
    private static readonly string[] s_names =
    [
        .. ComparedGovernors.List.Entries.Select(entry => entry.Name == "index" ? "index:5" : entry.Name),
        "l3fwd-power:interrupts=off",
        "l3fwd-power:sticky-hints=off,negative-count-is-huge=off,trend-never-decays=off,timer-race=off,fixed-thresholds=off,no-down-asleep=off",
        "l3fwd-power:gear3-packets=65536,timer-period=1ms",
        "ondemand:sampling-period=20us",
        "conservative:sampling-period=20us",
        "schedutil:rate-limit=0us,half-life=100us",
        "polling-dpdk:sample-period=20us,cooldown-period=20us,window=20us",
        "speed-scaling:beta=1000",
        "threshold:interval=10us",
    ];

    public static TheoryData<string> Governors => [.. s_names];

    [DrawnProperty(300, Arbitrary = [typeof(GovernorDraws)])]
    public void Decisions_stay_in_the_allowed_range_whatever_comes(AllowedRange range, Anything[] samples) => Assert.All(s_names, name =>
    {
        bool held = name.StartsWith("index", StringComparison.Ordinal);
        IGovernor governor = Make(name, range.Fastest, range.Slowest);
        Assert.All(samples, any =>
        {
            ScalingDecision decision = governor.Decide(any.Sample);
            Assert.True((held || (decision.PState >= range.Fastest && decision.PState <= range.Slowest)) && decision.PState < 21 && decision.EscalateAt > 0, decision.ToString());
        });
    });

    [DrawnProperty(300, Arbitrary = [typeof(GovernorDraws)])]
    public void The_same_samples_give_the_same_decisions(Anything[] samples) => Assert.All(s_names, name =>
    {
        IGovernor one = Make(name);
        IGovernor two = Make(name);
        Assert.All(samples, any => Assert.Equal(one.Decide(any.Sample), two.Decide(any.Sample)));
    });

    [Theory]
    [MemberData(nameof(Governors))]
    public void Deciding_allocates_nothing(string name)
    {
        IGovernor governor = Make(name);
        Random random = new(5);
        QueueSample[] samples = [.. Enumerable.Range(0, 500).Select(i => i % 2 == 0 ? GovernorSamples.Garbage(random) : GovernorSamples.Load(random.Next(101), random.Next(21)))];
        Decide(governor, samples);
        Allocated.Nothing(() => Decide(governor, samples));
    }

    /// <summary>
    /// Whoever scales at all is at the fastest under full load and slower after it, also with garbage in the past. Drain-time, optimal-available and
    /// arrival-envelope remember what they learned for longer. Each case takes millions of decisions, so there are three whatever is asked for.
    /// </summary>
    [Property(MaxTest = 3, StartSize = 20, Arbitrary = [typeof(GovernorDraws)])]
    public void Garbage_does_no_lasting_harm(Anything[] past) => Assert.All(
        s_names.Where(name => name.Split(':')[0] is not ("max" or "min" or "index" or "drain-time" or "optimal-available" or "arrival-envelope")),
        name =>
        {
            bool neverSlower = name is "l3fwd-power" or "l3fwd-power:gear3-packets=65536,timer-period=1ms" or "pmd-pause" or "pmd-sleep" or "poll-sleep" or "napi";
            IGovernor governor = Make(name);
            foreach (Anything any in past.Take(20))
            {
                governor.Decide(any.Sample with { ElapsedTicks = any.Sample.ElapsedTicks >> 24 });
            }

            GovernorSamples.Repeat(governor, 60_000, _ => GovernorSamples.Quiet);
            int busy = GovernorSamples.Repeat(governor, 60_000, pState => Full with { PState = pState, Backlog = 4000 });
            int idle = GovernorSamples.Repeat(governor, 60_000, pState => GovernorSamples.Quiet with { PState = pState }, busy);
            Assert.True(busy == 0 || name.Contains("65536", StringComparison.Ordinal), $"P{busy} under full load");
            Assert.True(neverSlower || idle > busy, $"P{idle} when idle");
        });

    private static QueueSample Full => new() { ElapsedTicks = GovernorSamples.Period, Polls = 2, FullPolls = 2, Received = 64, Settled = true };

    private static IGovernor Make(string name, int fastest = 0, int slowest = 20) =>
        ComparedGovernors.Parse(name)(GovernorSamples.Context(GovernorSamples.Table(fastest: fastest, slowest: slowest)));

    private static void Decide(IGovernor governor, QueueSample[] samples)
    {
        foreach (QueueSample sample in samples)
        {
            governor.Decide(sample);
        }
    }
}
