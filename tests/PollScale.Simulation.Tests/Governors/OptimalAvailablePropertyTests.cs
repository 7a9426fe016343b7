using FsCheck;
using FsCheck.Fluent;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Running;
using PollScale.Simulation.Tests.Running;
using PollScale.Simulation.Traffic;
using PollScale.Simulation.Traffic.Models;
using Xunit;

namespace PollScale.Simulation.Tests.Governors;

public class OptimalAvailablePropertyTests(ITestOutputHelper output)
{
    private static readonly (string Actuator, int[] Rings)[] s_lossFree =
        [("10us", [256, 1024, 4096]), ("30us", [256, 512, 2048]), ("500us", [1280, 2048, 4096]), ("1ms", [2560, 4096])];

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
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    [Theory]
    [InlineData("500us", 500)]
    [InlineData("1ms", 1000)]
    public void Constant_load_settles_between_two_p_states(string actuator, int slotUs)
    {
        foreach (double load in (double[])[0.45, 0.5, 0.62, 0.77, 0.9])
        {
            ConstantTraffic traffic = new() { Rate = load * OptimalAvailableRuns.Line };
            HashSet<int> used = [];
            PollLoopOptions options = OptimalAvailableRuns.Options(actuator, 4096, 1500 * TestCores.Ms) with { Warmup = 500 * TestCores.Ms };
            RunResult run = PollLoop.Run(options with { Trace = point => _ = point.Time > 500 * TestCores.Ms && used.Add(point.PState) }, traffic, 1);
            double best = Power(options.Core, traffic.Rate);
            output.WriteLine(FormattableString.Invariant($"{actuator} {load:p0}: P {string.Join(',', used.Order())}, {run.Transitions} transitions/s, {run.Watts / best:f4} of the best mix"));
            Assert.InRange(used.Max() - used.Min(), 0, 1);
            Assert.InRange(run.Watts / best, 0.995, 1.02);
            Assert.InRange(run.Requests, 0, 1_000_000 / slotUs);
            Assert.Equal(0, run.Lost + run.IdleRequests);
        }
    }

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
