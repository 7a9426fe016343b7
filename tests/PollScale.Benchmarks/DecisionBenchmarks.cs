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
/// simulated lcore (governors ported from DPDK decide after each poll, as in <c>hoststub simulate</c>), played again from the start when they end; every call asked for is granted at once.
/// </summary>
public class DecisionBenchmarks
{
    private const int Decisions = 10_000;
    private readonly List<(ulong Ticks, int Backlog, PollCounts Counts)> _moments = [];
    private ScalerCore _core = null!;
    private ulong _ticks;
    private PollCounts _counts;

    /// <summary>Governors by name; the fixed ones are one.</summary>
    public static IEnumerable<string> Governors => ComparedGovernors.List.Entries.Select(entry => entry.Name).Where(name => name is not ("min" or "index"));

    /// <summary>Governor.</summary>
    [ParamsSource(nameof(Governors))]
    public string Governor { get; set; } = "optimal-available";

    /// <summary>Traffic: bursts at two rates, or a steady stream at random intervals that keeps the core busy.</summary>
    [Params("mmpp", "poisson:rate=70%")]
    public string Traffic { get; set; } = "mmpp";

    [GlobalSetup]
    public void Setup()
    {
        Recorder recorder = new();
        PollLoopOptions options = new()
        {
            Actuator = new SlottedActuator(500 * SimTime.Microsecond),
            Governor = context => recorder.Of(ComparedGovernors.Parse(Governor)(context)),
            RingSize = 4096,
            DecisionPeriod = ComparedGovernors.List.Find(Governor)!.DecidesEachPoll ? 0 : 20 * SimTime.Microsecond,
            Duration = Decisions * 20 * SimTime.Microsecond,
        };
        PollLoop.Run(options, TrafficModels.Parse(Traffic, CoreModel.Synthetic.ServiceRate(0)).Start(1, options.Duration));
        ulong ticks = 0;
        PollCounts counts = default;
        foreach (QueueSample sample in recorder.Samples)
        {
            ticks += sample.ElapsedTicks;
            counts = Sum(counts, new PollCounts(sample.Polls, sample.EmptyPolls, sample.FullPolls, sample.Received));
            _moments.Add((ticks, sample.Backlog, counts));
        }

        (_core, _) = SimulatedScaler.MakeCore(options with { Governor = ComparedGovernors.Parse(Governor) });
    }

    [Benchmark(OperationsPerInvoke = Decisions, Description = "Decision in the scaler's core")]
    public long Decide() => CpuTime.Measure(Case(Governor, Traffic), Decisions, Run);

    internal static string Case(string governor, string traffic) => $"{nameof(Decide)} {governor} {traffic}";

    private long Run()
    {
        long sum = 0;
        for (int i = 0; i < Decisions; i++)
        {
            (ulong ticks, int backlog, PollCounts counts) = _moments[i % _moments.Count];
            if (i > 0 && i % _moments.Count == 0)
            {
                Wrap();
            }

            ScalerStep step = _core.Decide(_ticks + ticks, backlog, Sum(_counts, counts), controlGranted: true);
            if (step.Calls)
            {
                _core.Answered(step.Target, new Hypercall.FrequencyReply(step.Target), _ticks + ticks, _ticks + ticks);
            }

            sum += _core.Finish(step);
        }

        Wrap();
        return sum;
    }

    private static PollCounts Sum(in PollCounts one, in PollCounts other) =>
        new(one.Polls + other.Polls, one.EmptyPolls + other.EmptyPolls, one.FullPolls + other.FullPolls, one.Received + other.Received);

    private void Wrap()
    {
        _ticks += _moments[^1].Ticks;
        _counts = Sum(_counts, _moments[^1].Counts);
    }

    private sealed class Recorder
    {
        public List<QueueSample> Samples { get; } = [];

        public IGovernor Of(IGovernor governor) => new Recorded(this, governor);

        private sealed class Recorded(Recorder recorder, IGovernor governor) : IGovernor
        {
            public ScalingDecision Decide(in QueueSample sample)
            {
                recorder.Samples.Add(sample);
                return governor.Decide(sample);
            }
        }
    }
}
