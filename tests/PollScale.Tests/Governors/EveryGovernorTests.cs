using PollScale.Governors;
using PollScale.Polling;
using PollScale.Tests.Transports;
using Xunit;

namespace PollScale.Tests.Governors;

/// <summary>What holds for every governor of the catalog.</summary>
public class EveryGovernorTests
{
    public static TheoryData<string> Governors =>
    [
        .. GovernorCatalog.Entries.Select(entry => entry.Name == "index" ? "index:5" : entry.Name),
        "l3fwd-power:interrupts=off",
        "l3fwd-power:sticky-hints=off,negative-count-is-huge=off,trend-never-decays=off,timer-race=off,fixed-thresholds=off,no-down-asleep=off",
        "l3fwd-power:gear3-packets=65536,timer-period=1ms",
        "ondemand:sampling-period=20us",
        "conservative:sampling-period=20us",
        "schedutil:rate-limit=0us,half-life=100us",
        "speed-scaling:beta=1000",
        "threshold:interval=10us",
    ];

    [Theory]
    [MemberData(nameof(Governors))]
    public void Decisions_stay_in_the_allowed_range_whatever_comes(string name) => GovernorSamples.ForSeeds(random =>
    {
        int fastest = random.Next(0, 6);
        int slowest = random.Next(fastest, 21);
        bool held = name.StartsWith("index", StringComparison.Ordinal);
        IGovernor governor = Make(name, fastest, slowest);
        return Enumerable.Range(0, 100).All(_ =>
        {
            ScalingDecision decision = governor.Decide(GovernorSamples.Garbage(random));
            return (held || (decision.PState >= fastest && decision.PState <= slowest)) && decision.PState < 21 && decision.EscalateAt > 0;
        });
    });

    [Theory]
    [MemberData(nameof(Governors))]
    public void The_same_samples_give_the_same_decisions(string name) => GovernorSamples.ForSeeds(random =>
    {
        IGovernor one = Make(name);
        IGovernor two = Make(name);
        return Enumerable.Range(0, 100).All(_ =>
        {
            QueueSample sample = random.Next(2) == 0 ? GovernorSamples.Garbage(random) : GovernorSamples.Load(random.Next(101), random.Next(21));
            return one.Decide(sample) == two.Decide(sample);
        });
    });

    [Theory]
    [MemberData(nameof(Governors))]
    public void Deciding_allocates_nothing(string name)
    {
        IGovernor governor = Make(name);
        Random random = new(5);
        QueueSample[] samples = [.. Enumerable.Range(0, 500).Select(i => i % 2 == 0 ? GovernorSamples.Garbage(random) : GovernorSamples.Load(random.Next(101), random.Next(21)))];
        Decide(governor, samples);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Decide(governor, samples);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Theory]
    [MemberData(nameof(Governors))]
    public void Garbage_does_no_lasting_harm(string name)
    {
        // Whoever scales at all is at the fastest under full load and slower after it, also with garbage in the past. Drain-time,
        // optimal-available and arrival-envelope remember what they learned for longer.
        string rule = name.Split(':')[0];
        if (rule is "max" or "min" or "index" or "drain-time" or "optimal-available" or "arrival-envelope")
        {
            return;
        }

        bool neverSlower = name is "l3fwd-power" or "l3fwd-power:gear3-packets=65536,timer-period=1ms";
        GovernorSamples.ForSeeds(random =>
        {
            IGovernor governor = Make(name);
            for (int i = 0; i < 20; i++)
            {
                governor.Decide(GovernorSamples.Garbage(random) with { ElapsedTicks = (ulong)random.NextInt64(1L << random.Next(40)) });
            }

            GovernorSamples.Repeat(governor, 60_000, _ => GovernorSamples.Quiet);
            int busy = GovernorSamples.Repeat(governor, 60_000, pState => Full with { PState = pState, Backlog = 4000 });
            int idle = GovernorSamples.Repeat(governor, 60_000, pState => GovernorSamples.Quiet with { PState = pState }, busy);
            return (busy == 0 || name.Contains("65536", StringComparison.Ordinal)) && (neverSlower || idle > busy);
        }, tests: 3);
    }

    private static QueueSample Full => new() { ElapsedTicks = GovernorSamples.Period, Polls = 2, FullPolls = 2, Received = 64, Settled = true };

    private static IGovernor Make(string name, int fastest = 0, int slowest = 20) =>
        GovernorCatalog.Parse(name)(GovernorSamples.Context(FakeHost.Table(fastest: fastest, slowest: slowest)));

    private static void Decide(IGovernor governor, QueueSample[] samples)
    {
        foreach (QueueSample sample in samples)
        {
            governor.Decide(sample);
        }
    }
}
