using PollScale.Governors;
using PollScale.Samples.QueueScaler.CommandLine;

namespace PollScale.GuestProbe.CommandLine;

/// <summary>The command line, checked.</summary>
internal sealed record ProbeOptions
{
    /// <summary>What to do.</summary>
    public ProbeMode Mode { get; init; }

    /// <summary>Iterations or calls of a benchmark.</summary>
    public int Count { get; init; }

    /// <summary>bench-calls changes the P-state instead of asking for it.</summary>
    public bool Sets { get; init; }

    /// <summary>File of bench-polls' polls, or of bench-forward's frames.</summary>
    public string Trace { get; init; } = "";

    /// <summary>File of bench-forward's routes.</summary>
    public string Routes { get; init; } = "";

    /// <summary>bench-polls' governor, as the catalog has it.</summary>
    public string Governor { get; init; } = GovernorCatalog.Default;

    /// <summary>Time between bench-polls' decisions, in us.</summary>
    public int DecisionUs { get; init; } = 20;

    /// <summary>Length of bench-sleeps' sleeps, in us.</summary>
    public int SleepUs { get; init; } = 50;

    /// <summary>What bench-bursts calls its bursts.</summary>
    public string Label { get; init; } = "";

    /// <summary>Time that bench-bursts stays in each P-state, in ms; 0 for what it takes by itself.</summary>
    public int HoldMs { get; init; }

    /// <summary>Time that bench-bursts polls at the slowest and then at the fastest P-state behind its bursts, in ms each; 0 for not at all.</summary>
    public int SpinMs { get; init; }

    /// <summary>Calls that the probe makes as fast as it can; 0 for none.</summary>
    public int Flood { get; init; }

    /// <summary>The host.</summary>
    public HostOptions Host { get; init; } = new();
}
