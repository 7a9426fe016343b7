using PollScale.Governors;
using PollScale.HostStub.Traffic.Pcap;
using PollScale.Notation;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Running;
using PollScale.Simulation.Studies;
using PollScale.Simulation.Traffic;
using PollScale.Simulation.Traffic.Models;

namespace PollScale.HostStub.Simulation;

/// <summary>What is to be simulated, the capture read and every default filled in.</summary>
internal sealed class SimulationPlan
{
    /// <summary>Longest run, in simulated time.</summary>
    public const long LongestRun = 3600 * SimTime.Second;

    private SimulationPlan(SimulateOptions options, IReadOnlyList<Workload> workloads, long duration, long warmup)
    {
        Options = options;
        Workloads = workloads;
        ServiceRate = options.Core.ServiceRate(0);
        LineRate = options.LineRate ?? workloads.Where(w => w.IsFeasible).Select(w => w.Model.PeakRate).DefaultIfEmpty(ServiceRate).Max();
        LineRate = Math.Clamp(LineRate, 1, 1e9);
        Study = new StudyOptions
        {
            Governors = [.. options.Governors.Select(text => Governor(text))],
            Workloads = workloads,
            Seeds = [.. Enumerable.Range(options.FirstSeed, options.Seeds).Select(seed => (ulong)seed)],
            Core = options.Core,
            Actuator = options.Actuator,
            Channel = options.Channel,
            Costs = options.Costs,
            RingSize = options.RingSize,
            DelayBound = options.DelayBound,
            Warmup = warmup,
            Duration = duration,
            DecisionPeriod = options.DecisionPeriod,
            Parallelism = options.Jobs,
        };
    }

    /// <summary>What was asked for.</summary>
    public SimulateOptions Options { get; }

    /// <summary>The traffic.</summary>
    public IReadOnlyList<Workload> Workloads { get; }

    /// <summary>Packets per second of the fastest P-state.</summary>
    public double ServiceRate { get; }

    /// <summary>Highest arrival rate that the certificate is for.</summary>
    public double LineRate { get; }

    /// <summary>The study of all workloads.</summary>
    public StudyOptions Study { get; }

    /// <summary>Options with the delay bound that optimal-available chooses for this actuator, ring and core, and why.</summary>
    public static SimulateOptions WithChosenBound(SimulateOptions options)
    {
        PollLoopOptions core = new()
        {
            Core = options.Core,
            Actuator = options.Actuator,
            Channel = options.Channel,
            RingSize = options.RingSize,
            DecisionPeriod = options.DecisionPeriod,
            Duration = SimTime.Millisecond,
            Governor = context => new OptimalAvailableGovernor(context, new OptimalAvailableOptions { PeakPacketsPerSecond = options.LineRate ?? 0 }),
        };
        OptimalAvailableGovernor governor = (OptimalAvailableGovernor)core.Governor(core.Context());
        return options with { DelayBound = TimeText.Of(governor.DelayBound), DelayChoice = governor.Knee?.Text };
    }

    /// <summary>Makes a plan.</summary>
    /// <param name="options">What is asked for.</param>
    /// <param name="warn">Told what is wrong with a capture that can be used nevertheless.</param>
    /// <exception cref="PcapException">The capture cannot be used.</exception>
    /// <exception cref="TrafficModelException">The capture spans too long a time.</exception>
    public static SimulationPlan Make(SimulateOptions options, Action<string> warn)
    {
        if (options.Pcap is not string path)
        {
            return new SimulationPlan(options, options.Workloads, options.Duration ?? (3 * SimTime.Second), options.Warmup ?? SimTime.Second);
        }

        TimestampTraffic capture = PcapTimes.Load(path, warn, options.PcapSpeed);
        return ForCapture(options, capture, options.Duration ?? (capture.Length + SimTime.Microsecond));
    }

    /// <summary>The same plan for recorded arrivals.</summary>
    /// <exception cref="PcapException">They span too short or too long a time.</exception>
    public static SimulationPlan ForCapture(SimulateOptions options, TimestampTraffic capture, long duration)
    {
        long warmup = options.Warmup ?? Math.Min(duration / 10, SimTime.Second);
        if (duration > LongestRun || duration - warmup < SimTime.Millisecond)
        {
            throw new PcapException($"{capture.Name} spans {TimeText.Format(capture.Length)}, of which {TimeText.Format(warmup)} are warm-up; a run takes 1ms to 1 hour beyond it. Cut the capture (editcap -A and -B), or set --duration and --warmup.");
        }

        return new SimulationPlan(options, [new Workload(capture.Name, capture, options.Core.ServiceRate(0))], duration, warmup);
    }

    /// <summary>A governor that knows what a user would configure.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="name">Its name in the results; null is the text.</param>
    public StudyGovernor Governor(string text, string? name = null) => GovernorTexts.ForStudy(text, Peak, Options.DelayBound, Options.Core, name, settles: Options.Warmup is null);

    /// <summary>Highest arrival rate a user would configure for a workload: the line's, else the traffic's own.</summary>
    public double Peak(Workload workload) => Options.LineRate ?? workload.Model.PeakRate;

    /// <summary>What governors are made for.</summary>
    public GovernorContext Context => Loop().Context();

    /// <summary>What can be promised at a peak rate.</summary>
    /// <param name="peak">Highest arrival rate.</param>
    /// <param name="governor">The governor; null is any that keeps the rule.</param>
    /// <param name="decisionPeriod">Time between its decisions.</param>
    public Promises Promised(double peak, IGovernor? governor, long decisionPeriod)
    {
        LossPremises premises = (Loop() with { DecisionPeriod = decisionPeriod }).Premises(peak, governor);
        return new Promises(LossCertificate.For(premises), DelayCertificate.For(premises, SimTime.ToSpan(Options.DelayBound)));
    }

    /// <summary>Makes every governor once, so that what does not fit these P-states is known before a run.</summary>
    /// <returns>What does not fit, or null.</returns>
    public string? Misfit()
    {
        GovernorContext context = Context;
        foreach (StudyGovernor governor in Study.Governors)
        {
            try
            {
                governor.Make(context, Workloads[0]);
            }
            catch (ArgumentException e)
            {
                return $"--governor {governor.Name} does not go with these {Options.Core.KHz.Count} P-states: {e.Message.Split('\n')[0]}";
            }
        }

        return null;
    }

    private PollLoopOptions Loop() => new()
    {
        Core = Options.Core,
        RingSize = Options.RingSize,
        DecisionPeriod = Options.DecisionPeriod,
        Actuator = Options.Actuator,
        Channel = Options.Channel,
        Costs = Options.Costs,
        Governor = context => FixedGovernor.Max(context.PStates),
        Duration = Study.Duration,
    };
}
