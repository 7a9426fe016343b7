using PollScale.Governors;
using PollScale.Memif;
using PollScale.Memif.Control;
using PollScale.Simulation.Incumbents;

namespace PollScale.Samples.QueueScaler.CommandLine;

/// <summary>The command line, checked.</summary>
internal sealed record Options
{
    /// <summary>What to do.</summary>
    public RunMode Mode { get; init; }

    /// <summary>P-states to ask for, one after another.</summary>
    public IReadOnlyList<int> PStates { get; init; } = [];

    /// <summary>How long each of <see cref="PStates"/> is held, in ms.</summary>
    public int HoldMs { get; init; }

    /// <summary>File of the packet region; empty unless its packets are forwarded.</summary>
    public string Region { get; init; } = "";

    /// <summary>The memif peer whose packets are forwarded; null unless there is one.</summary>
    public MemifSpec? Memif { get; init; }

    /// <summary>Routes of the sample's own table.</summary>
    public int Routes { get; init; } = 1024;

    /// <summary>File of routes that stand instead of the sample's own; empty for none.</summary>
    public string RoutesFile { get; init; } = "";

    /// <summary>Next hop of whatever has no other route, or -1 for none.</summary>
    public int DefaultRoute { get; init; } = -1;

    /// <summary>Seed of the routes.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Stand-in work a packet, in ns at the fastest P-state.</summary>
    public int WorkNs { get; init; } = 250;

    /// <summary>Packet work takes longer at a slower granted P-state even where that is real: for a CPU that only an emulator has, whose register changes nothing.</summary>
    public bool WorkSlows { get; init; }

    /// <summary>Rule that chooses P-states, with its options, as <see cref="ComparedGovernors"/> reads it.</summary>
    public string Governor { get; init; } = GovernorCatalog.Default;

    /// <summary>The host, and the CPU to pin to.</summary>
    public HostOptions Host { get; init; } = new();

    /// <summary>Most packets a poll takes.</summary>
    public int Burst { get; init; } = RxQueue.MaxBurst;

    /// <summary>Time between governor decisions, in us.</summary>
    public int DecisionUs { get; init; } = 20;
}
