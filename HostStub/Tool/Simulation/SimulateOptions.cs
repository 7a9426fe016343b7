using PollScale.Simulation.Cores;
using PollScale.Simulation.Costs;
using PollScale.Simulation.Incumbents;
using PollScale.Simulation.Traffic;

namespace PollScale.HostStub.Simulation;

/// <summary>What <c>hoststub simulate</c> compares, as the command line describes it. Times are simulated time.</summary>
internal sealed record SimulateOptions
{
    /// <summary>Governors that are compared unless some are named: all that need no option, the default first.</summary>
    public static IReadOnlyList<string> DefaultGovernors { get; } =
        [.. ComparedGovernors.List.Entries.Select(entry => entry.Name).Where(name => ComparedGovernors.TryParse(name, out _, out _))];

    /// <summary>Texts of the governors, as <see cref="ComparedGovernors"/> reads them.</summary>
    public required IReadOnlyList<string> Governors { get; init; }

    /// <summary>The traffic; empty when a capture is replayed.</summary>
    public required IReadOnlyList<Workload> Workloads { get; init; }

    /// <summary>Capture whose timestamps are the arrivals; null for none.</summary>
    public string? Pcap { get; init; }

    /// <summary>How much faster its packets come than they were recorded.</summary>
    public double PcapSpeed { get; init; } = 1;

    /// <summary>The core.</summary>
    public CoreModel Core { get; init; } = CoreModel.Synthetic;

    /// <summary>How what packets cost varies; null for not at all.</summary>
    public PacketCosts? Costs { get; init; }

    /// <summary>Name of its P-states.</summary>
    public string PStates { get; init; } = "synthetic-server-core";

    /// <summary>How its speed follows requests.</summary>
    public required IActuator Actuator { get; init; }

    /// <summary>How requests get there, and how long a call keeps the core.</summary>
    public IChannel Channel { get; init; } = new DirectCall();

    /// <summary>Descriptors of the rx ring.</summary>
    public int RingSize { get; init; } = 4096;

    /// <summary>Longest time a packet may wait.</summary>
    public long DelayBound { get; init; } = SimTime.Millisecond;

    /// <summary>Why it is what it is; null where it was asked for.</summary>
    public string? DelayChoice { get; init; }

    /// <summary>Highest arrival rate that a user would configure, in packets per second; null takes each workload's own.</summary>
    public double? LineRate { get; init; }

    /// <summary>How many seeds.</summary>
    public int Seeds { get; init; } = 5;

    /// <summary>The first of them; the others follow it.</summary>
    public int FirstSeed { get; init; } = 1;

    /// <summary>Length of each run; null is 3 s, or all of a capture.</summary>
    public long? Duration { get; init; }

    /// <summary>Time at the beginning that does not count; null is 1 s, or a tenth of a capture, at most 1 s.</summary>
    public long? Warmup { get; init; }

    /// <summary>Time between decisions.</summary>
    public long DecisionPeriod { get; init; } = 20 * SimTime.Microsecond;

    /// <summary>Runs at once; 0 is one a CPU.</summary>
    public int Jobs { get; init; }

    /// <summary>Report in JSON lines.</summary>
    public bool Json { get; init; }

    /// <summary>HTML file that shows the results too; null for none.</summary>
    public string? Report { get; init; }

    /// <summary>Search options of the one governor instead of comparing.</summary>
    public bool Tune { get; init; }

    /// <summary>Show power against delay over many delay bounds instead of comparing at one.</summary>
    public bool Frontier { get; init; }

    /// <summary>Settings that a search tries.</summary>
    public int TuneRuns { get; init; } = 60;
}
