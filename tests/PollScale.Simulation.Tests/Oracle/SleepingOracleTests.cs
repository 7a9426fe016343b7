using PollScale.Governors;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Incumbents;
using PollScale.Simulation.Oracle;
using PollScale.Simulation.Running;
using PollScale.Simulation.Tests.Running;
using PollScale.Tests.Shared.Drawing;
using Xunit;
using static PollScale.Simulation.Tests.Running.TestCores;

namespace PollScale.Simulation.Tests.Oracle;

/// <summary>What the oracle says of a core that may sleep, against every schedule of small cases and against runs.</summary>
public class SleepingOracleTests
{
    private const int Slots = 8, MostPackets = 6;

    // Arrivals, deadline and core in slots of 1 us; a step is half of one.
    [DrawnProperty(400)]
    public void No_schedule_takes_less(byte[] packets, byte wait, byte powers, byte shallow, ushort deep)
    {
        SleepingCore core = Core(powers, new IdleStates(
        [
            new IdleState("shallow", 0.6, shallow % 2 * (Us / 2), (1 + (shallow / 2 % 2)) * (Us / 2), ""),
            new IdleState("deep", (deep % 4) * 0.1, (1 + (deep / 4 % 6)) * (Us / 2), (3 + (deep / 24 % 8)) * (Us / 2), ""),
        ]));
        (double least, OracleResult oracle) = Both(core, packets, wait, stepsPerSlot: 2);
        Assert.True(!oracle.Feasible || oracle.EnergyWithIdle <= least * (1 + 1e-9), $"{oracle.EnergyWithIdle} J are no bound: a schedule takes {least} J.");
    }

    // Rounding to steps: where the string touches its bounds, at most once a slot, a step more at the fastest P-state instead of asleep.
    [DrawnProperty(150)]
    public void With_one_state_that_is_left_at_once_some_schedule_takes_no_more(byte[] packets, byte wait, byte powers, byte idle)
    {
        const int StepsPerSlot = 8;
        SleepingCore core = Core(powers, IdleStates.One(idle % 8 * 0.1, ""));
        (double least, OracleResult oracle) = Both(core, packets, wait, StepsPerSlot);
        double step = (core.Watts[0] - core.Idle.Deepest.Watts) * 1e-6 / StepsPerSlot;
        Assert.True(!oracle.Feasible || least - oracle.EnergyWithIdle!.Value is >= -1e-15 && least - oracle.EnergyWithIdle.Value <= Slots * step, $"{oracle.EnergyWithIdle} J of the oracle, {least} J of the best schedule");
    }

    [Theory]
    [InlineData(39, 0.6)] // no time for the deep state, 36 us and 4 to leave it: pauses are best
    [InlineData(40, 0.1 + (1.9 * 4 / 40))]
    [InlineData(400, 0.1 + (1.9 * 4 / 400))]
    public void Idle_time_takes_what_the_longest_sleep_does_that_a_deadline_allows(int longestUs, double watts)
    {
        SleepingCore core = new([1e6], [2], new IdleStates([new IdleState("C1", 0.6, 4 * Us, 4 * Us, ""), new IdleState("C6", 0.1, 4 * Us, 36 * Us, "")]));
        Assert.Equal(watts, core.SleepWatts(longestUs * Us), 12);

        // A packet each 10 us, due so late that its sleep may last as long.
        long[] arrivals = [.. Enumerable.Range(1, 100_000).Select(i => i * 10L * Us)];
        OracleBounds bounds = new() { Deadline = (longestUs - 10) * Us, BurstSize = 0, End = arrivals[^1] };
        double joules = ClairvoyantOracle.Solve(bounds, core.Hull(2), core, new ListedArrivals(arrivals)).EnergyWithIdle!.Value;
        Assert.Equal(((0.9 * watts) + (0.1 * 2)) * 1, joules, 1e-3);
    }

    [DrawnProperty(300)]
    public void No_run_of_a_loop_that_sleeps_takes_less(ushort[] gaps, byte[] pStates, ushort longest, bool interrupted)
    {
        long[] arrivals = OracleCases.Times([.. gaps, .. gaps]);
        CoreModel core = Round with { IdleStates = new IdleStates([new IdleState("C1", 0.5, 200 * Ns, 1000 * Ns, ""), new IdleState("C6", 0.05, 3000 * Ns, 9000 * Ns, "")]) };
        int turn = 0;
        PollLoopOptions options = Options(core, arrivals.LastOrDefault() + (300 * Us), _ => new Sleeper(
            _ => new ScalingDecision(pStates.Length == 0 ? 0 : pStates[turn++ % pStates.Length] % 2),
            sample => sample.Backlog > 0 ? default : new LcoreSleep((ulong)(turn * 7919 % (1 + longest)), (ulong)(turn % 3 * 100), interrupted, turn % 5 == 4))) with { DecisionPeriod = 0, RingSize = 1 << 16 };
        RunResult run = PollLoop.Run(options, new ListedArrivals(arrivals));
        Assert.Equal((arrivals.Length, 0L), ((int)run.Forwarded, run.Lost));
        OracleBounds bounds = new() { Deadline = Math.Max(1, (long)Math.Ceiling(run.Delay.Max * Us)), BurstSize = core.BurstSize, End = options.Duration };
        OracleResult oracle = ClairvoyantOracle.Solve(bounds, PowerHull.Of(core), SleepingCore.Of(core), new ListedArrivals(arrivals));
        Assert.True(oracle.Feasible && oracle.EnergyWithIdle <= run.Joules * (1 + 1e-9), $"{oracle.EnergyWithIdle} J are no bound: a run took {run.Joules} J.");
    }

    // One to four packets a slot at powers that rise as they may.
    private static SleepingCore Core(byte powers, IdleStates idle) =>
        new([4e6, 2e6, 1e6], [2 + (powers % 4) + (powers / 64), 1.2 + (powers / 4 % 4 * 0.4), 0.7 + (powers / 16 % 4 * 0.2)], idle);

    private static (double Least, OracleResult Oracle) Both(SleepingCore core, byte[] packets, byte wait, int stepsPerSlot)
    {
        const long Slot = Us;
        int[] perSlot = new int[Slots];
        foreach (byte packet in packets.Take(MostPackets))
        {
            perSlot[packet % Slots]++;
        }

        int deadline = 1 + (wait % Slots), parts = stepsPerSlot;
        int[] edges = [.. Enumerable.Range(0, (Slots * stepsPerSlot) + 1)];
        int[] arrived = [.. edges.Select(edge => parts * perSlot.Take((edge + stepsPerSlot - 1) / stepsPerSlot).Sum())];
        int[] due = [.. edges.Select(edge => parts * perSlot.Take(Math.Max(0, (edge / stepsPerSlot) - deadline + 1)).Sum())];
        double least = new SleepingBruteForce(core, [4, 2, 1], Slot / stepsPerSlot).Solve(arrived, due);

        long[] arrivals = [.. perSlot.SelectMany((count, slot) => Enumerable.Repeat(slot * Slot, count))];
        OracleBounds bounds = new() { Deadline = deadline * Slot, BurstSize = 0, End = Slots * Slot };
        OracleResult oracle = ClairvoyantOracle.Solve(bounds, core.Hull(core.Watts.Max()), core, new ListedArrivals(arrivals));
        Assert.Equal(oracle.Feasible, double.IsFinite(least));
        return (least, oracle);
    }
}
