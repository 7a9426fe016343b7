using BenchmarkDotNet.Attributes;
using PollScale.Governors;
using PollScale.Polling;
using PollScale.Scaling;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Incumbents;
using PollScale.Simulation.Running;
using PollScale.Simulation.Traffic;

namespace PollScale.Benchmarks;

/// <summary>
/// What a decision takes in the scaler's core, the call left out: what the simulator charges for it by default. Its samples are those of a
/// simulated lcore that was told its line (governors ported from DPDK decide after each poll, as in <c>hoststub simulate</c>), a second from its start on; calls are answered as they were there.
/// </summary>
public class DecisionBenchmarks
{
    private const int Decisions = 20_000;
    private readonly List<QueueSample> _samples = [];
    private Moment[] _moments = [];
    private PollLoopOptions _options = null!;

    /// <summary>Governors by name; the fixed ones are one.</summary>
    public static IEnumerable<string> Governors => ComparedGovernors.List.Entries.Select(entry => entry.Name).Where(name => name is not ("min" or "index"));

    /// <summary>Governor.</summary>
    [ParamsSource(nameof(Governors))]
    public string Governor { get; set; } = "optimal-available";

    /// <summary>Traffic: bursts at two rates, or a steady stream at random intervals that keeps the core busy.</summary>
    [Params("mmpp", "poisson:rate=70%")]
    public string Traffic { get; set; } = "mmpp";

    /// <summary>How requests take effect: at the edges of a grid, which is learned, or after a delay.</summary>
    [Params("500us", "30us")]
    public string Actuator { get; set; } = "500us";

    [GlobalSetup]
    public void Setup()
    {
        bool everyPoll = Governor is "l3fwd-power" or "pmd-scale";
        double line = CoreModel.Synthetic.ServiceRate(0);
        _options = new PollLoopOptions
        {
            Actuator = ActuatorText.Parse(Actuator),
            Governor = context => ComparedGovernors.Parse(Governor)(context with { PeakPacketsPerSecond = line }),
            RingSize = 4096,
            DecisionPeriod = ComparedGovernors.List.Find(Governor)!.DecidesEachPoll ? 0 : 20 * SimTime.Microsecond,
            Duration = Decisions * 40 * SimTime.Microsecond,
        };
        PollLoop.Run(_options with { Governor = context => new Recorder(_samples, _options.Governor(context)) }, TrafficModels.Parse(Traffic, line).Start(1, _options.Duration));
        _moments = [.. _samples.Take(Decisions).Zip(_samples.Skip(1), (sample, next) => new Moment(
            (uint)sample.ElapsedTicks, (uint)next.CallTicks, sample.Backlog, sample.Polls, sample.EmptyPolls, sample.FullPolls, sample.Received))];
    }

    [Benchmark(OperationsPerInvoke = Decisions, Description = "Decision in the scaler's core")]
    public long Decide() => CpuTime.Measure(Case(Governor, Traffic, Actuator), Decisions, Run);

    internal static string Case(string governor, string traffic, string actuator) => $"{nameof(Decide)} {governor} {traffic} {actuator}";

    private long Run()
    {
        long sum = 0;

        // Learning begins anew, so that every invocation is the same run.
        (ScalerCore core, _) = SimulatedScaler.MakeCore(_options);
        ulong now = 0, polls = 0, empty = 0, full = 0, received = 0;
        foreach (ref readonly Moment moment in _moments.AsSpan())
        {
            now += moment.Ticks;
            polls += moment.Polls;
            empty += moment.EmptyPolls;
            full += moment.FullPolls;
            received += moment.Received;
            ScalerStep step = core.Decide(now, moment.Backlog, new PollCounts(polls, empty, full, received), controlGranted: true);
            if (step.Calls)
            {
                core.Answered(step.Target, new Hypercall.FrequencyReply(step.Target), now, now + moment.CallTicks);
            }

            sum += core.Finish(step);
        }

        return sum;
    }

    // What happened between two decisions, and how long a call after the second takes.
    private readonly record struct Moment(uint Ticks, uint CallTicks, int Backlog, uint Polls, uint EmptyPolls, uint FullPolls, uint Received);

    private sealed class Recorder(List<QueueSample> samples, IGovernor governor) : IGovernor
    {
        public ScalingDecision Decide(in QueueSample sample)
        {
            samples.Add(sample);
            return governor.Decide(sample);
        }
    }
}
