using PollScale.Simulation.Incumbents;
using Xunit;

namespace PollScale.Simulation.Tests.Incumbents.L3FwdPower;

public class TraceTests
{
    private static readonly Dictionary<string, L3FwdPowerOptions> s_mutants = new()
    {
        ["gear 1 at 31"] = new() { Gear1Packets = 31 },
        ["gear 1 at 33"] = new() { Gear1Packets = 33 },
        ["gear 2 at 63"] = new() { Gear2Packets = 63 },
        ["gear 2 at 65"] = new() { Gear2Packets = 65 },
        ["gear 3 at 95"] = new() { Gear3Packets = 95 },
        ["gear 3 at 97"] = new() { Gear3Packets = 97 },
        ["gear 1 trend 2"] = new() { Gear1Trend = 2 },
        ["gear 2 trend 99"] = new() { Gear2Trend = 99 },
        ["trend threshold 9999"] = new() { TrendThreshold = 9_999 },
        ["trend threshold 10001"] = new() { TrendThreshold = 10_001 },
        ["9 empty polls"] = new() { MinEmptyPolls = 9 },
        ["11 empty polls"] = new() { MinEmptyPolls = 11 },
        ["suspend at 299"] = new() { SuspendPolls = 299 },
        ["suspend at 301"] = new() { SuspendPolls = 301 },
        ["timer 99 ms"] = new() { TimerPeriod = TimeSpan.FromMilliseconds(99) },
        ["sleep ratio 0.24"] = new() { SleepRatio = 0.24f },
        ["sleep ratio 0.26"] = new() { SleepRatio = 0.26f },
        ["31 packets a pass"] = new() { PacketsPerPass = 31 },
        ["33 packets a pass"] = new() { PacketsPerPass = 33 },
        ["no sticky hints"] = new() { StickyHints = false },
        ["unknown is none"] = new() { NegativeCountIsHuge = false },
        ["the trend decays"] = new() { TrendNeverDecays = false },
        ["no timer race"] = new() { TimerRace = false },
        ["gears for the ring"] = new() { FixedThresholds = false },
        ["timers while asleep"] = new() { NoDownAsleep = false },
    };

    public static TheoryData<string> Mutants => [.. s_mutants.Keys];

    [Fact]
    public void The_recorded_runs_are_those_of_the_checksums()
    {
        string[] recorded = [.. Trace.All.Select(trace => $"{trace.Sha256}  {trace.Name}")];
        Assert.Equal(19, recorded.Length);
        Assert.Equal(File.ReadAllLines(Path.Combine(Trace.Folder, "SHA256SUMS")), recorded);
    }

    [Fact]
    public void Every_event_of_every_recorded_run_is_predicted()
    {
        int predicted = 0;
        foreach (Trace trace in Trace.All)
        {
            int here = TraceReplay.Predicted(trace, new L3FwdPowerOptions());
            Assert.True(here == trace.Events.Count, $"{trace.Name}: event {here} of {trace.Events.Count} came otherwise.");
            predicted += here;
        }

        Assert.Equal(658_029, predicted);
    }

    [Theory]
    [MemberData(nameof(Mutants))]
    public void A_changed_rule_is_found_out(string mutant) =>
        Assert.Contains(Trace.All, trace => TraceReplay.Predicted(trace, s_mutants[mutant], ringSize: 1024) < trace.Events.Count);
}
