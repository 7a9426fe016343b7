using PollScale.Simulation.Cores;
using PollScale.Simulation.Costs;
using PollScale.Simulation.Traffic;

namespace PollScale.Simulation.Studies;

/// <summary>What a <see cref="Study"/> runs: every governor on every workload with every seed.</summary>
internal sealed record StudyOptions
{
    /// <summary>The governors.</summary>
    public required IReadOnlyList<StudyGovernor> Governors { get; init; }

    /// <summary>The workloads.</summary>
    public required IReadOnlyList<Workload> Workloads { get; init; }

    /// <summary>Seeds, of traffic and phases alike.</summary>
    public required IReadOnlyList<ulong> Seeds { get; init; }

    /// <summary>The core.</summary>
    public CoreModel Core { get; init; } = CoreModel.Synthetic;

    /// <summary>Its actuator.</summary>
    public required IActuator Actuator { get; init; }

    /// <summary>How requests get there.</summary>
    public IChannel Channel { get; init; } = new DirectCall();

    /// <summary>Descriptors of the rx ring.</summary>
    public int RingSize { get; init; } = 4096;

    /// <summary>D, the delay bound, in simulated time.</summary>
    public long DelayBound { get; init; } = SimTime.Millisecond;

    /// <summary>Time before which nothing counts.</summary>
    public long Warmup { get; init; } = SimTime.Second;

    /// <summary>End of each run.</summary>
    public long Duration { get; init; } = 3 * SimTime.Second;

    /// <summary>Time between decisions.</summary>
    public long DecisionPeriod { get; init; } = 20 * SimTime.Microsecond;

    /// <summary>How what packets cost varies; null for not at all.</summary>
    public PacketCosts? Costs { get; init; }

    /// <summary>Runs at once; 0 takes one a CPU.</summary>
    public int Parallelism { get; init; }
}
