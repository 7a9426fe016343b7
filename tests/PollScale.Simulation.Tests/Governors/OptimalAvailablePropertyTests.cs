using FsCheck;
using FsCheck.Fluent;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Running;
using PollScale.Simulation.Tests.Running;
using PollScale.Simulation.Traffic;
using PollScale.Simulation.Traffic.Models;
using Xunit;

namespace PollScale.Simulation.Tests.Governors;

public class OptimalAvailablePropertyTests
{
    private static readonly (string Actuator, int[] Rings)[] s_lossFree =
        [("10us", [256, 1024, 4096]), ("30us", [256, 512, 2048]), ("500us", [1280, 2048, 4096]), ("1ms", [2560, 4096])];

    // A ring of 2048 leaves little to swing in at 500 us, as does a delay bound of 1 ms at 1 ms: 50 slots are too long for it, and the
    // faster P-state waits for their end without work.
    private static readonly (string Actuator, int SlotUs, int Ring, double MostOverBest)[] s_settling =
        [("500us", 500, 2048, 1.03), ("500us", 500, 4096, 1.02), ("1ms", 1000, 4096, 1.04), ("30us", 30, 1024, 1.02), ("30us", 30, 4096, 1.02)];

    [Fact]
    public void Nothing_is_lost_where_nothing_need_be() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            Random random = new(seed);
            (string actuator, int[] rings) = s_lossFree[random.Next(s_lossFree.Length)];
            string[] kinds = ["poisson:rate=", "mmpp", "on-off", "square:period=7ms,high=", "self-similar", "constant:rate=", "step"];
            int kind = random.Next(kinds.Length);
            string text = kinds[kind].EndsWith('=') ? $"{kinds[kind]}{random.Next(1, 99)}%" : kinds[kind];
            RateTraffic traffic = (RateTraffic)TrafficModels.Parse(text, OptimalAvailableRuns.Line) with { Line = OptimalAvailableRuns.Line };
            PollLoopOptions options = OptimalAvailableRuns.Options(actuator, rings[random.Next(rings.Length)], 200 * TestCores.Ms, (ulong)seed, random.Next(1, 3) * TestCores.Ms);
            long lost = PollLoop.Run(options, traffic, (ulong)seed).Lost;
            return (lost == 0).Label($"{lost} lost: {actuator}, ring {options.RingSize}, {traffic.Name}, seed {seed}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(OptimalAvailableRuns.Cases(60)));

    [Fact]
    public void P6_P7_constant_load_settles_between_two_p_states_at_the_least_power() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            Random random = new(seed);
            (string actuator, int slotUs, int ring, double most) = s_settling[random.Next(s_settling.Length)];
            ConstantTraffic traffic = new() { Rate = (0.01 + (0.96 * random.NextDouble())) * OptimalAvailableRuns.Line };
            HashSet<int> used = [];

            // The best mix makes no decisions: only where they are cheap is it what the rule is to reach.
            PollLoopOptions options = OptimalAvailableRuns.Options(actuator, ring, 1500 * TestCores.Ms, (ulong)seed) with { Warmup = 500 * TestCores.Ms, DecisionCost = 60 * TestCores.Ns };
            RunResult run = PollLoop.Run(options with { Trace = point => _ = point.Time > 500 * TestCores.Ms && used.Add(point.PState) }, traffic, 1);
            double overBest = run.Watts / Power(options.Core, traffic.Rate);
            bool holds = used.Max() - used.Min() <= 1 && overBest > 0.995 && overBest <= most && run.Requests <= (1_000_000 / (50 * slotUs)) + 1 && run.Lost + run.IdleRequests == 0;
            return holds.Label(FormattableString.Invariant($"{actuator} ring {ring} {traffic.Name} seed {seed}: P {string.Join(',', used.Order())}, {run.Transitions} transitions/s, {run.Watts:f3} W, {overBest:f4} of the best mix, lost {run.Lost}, idle requests {run.IdleRequests}"));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(OptimalAvailableRuns.Cases(40)));

    [Fact]
    public void A_slot_takes_at_most_one_request_and_none_is_redundant()
    {
        foreach (Workload workload in Workloads.Standard.Where(w => w.IsFeasible))
        {
            PollLoopOptions options = OptimalAvailableRuns.Options("500us", 4096, 400 * TestCores.Ms) with { Warmup = 100 * TestCores.Ms };
            RunResult run = PollLoop.Run(options, workload.Model, 1);
            Assert.InRange(run.Requests, 0, 600);
            Assert.True(run.IdleRequests == 0, $"{workload.Name}: {run.IdleRequests} requests changed nothing");
        }
    }

    // Lossless at the least power: the two P-states next to the rate, mixed.
    private static double Power(CoreModel core, double rate)
    {
        int above = Enumerable.Range(0, core.KHz.Count).Last(i => core.ServiceRate(i) >= rate);
        int below = Math.Min(above + 1, core.KHz.Count - 1);
        double share = below == above ? 1 : (rate - core.ServiceRate(below)) / (core.ServiceRate(above) - core.ServiceRate(below));
        return (core.Watts[above] * share) + (core.Watts[below] * (1 - share));
    }
}
