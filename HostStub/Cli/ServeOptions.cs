using PollScale.HostStub.Frequency;
using PollScale.HostStub.Policy;

namespace PollScale.HostStub.Cli;

/// <summary>What hoststub serve was asked to do.</summary>
internal sealed record ServeOptions
{
    /// <summary>Channels to serve, at least one.</summary>
    public required IReadOnlyList<ChannelSpec> Channels { get; init; }

    /// <summary>P-states of every channel's simulated pCPU.</summary>
    public required PStateModel PStates { get; init; }

    /// <summary>What each channel may do.</summary>
    public PolicyOptions Policy { get; init; } = new();

    /// <summary>Whether guests may ask for frequencies and capabilities.</summary>
    public bool AllowQueries { get; init; }

    /// <summary>Report in JSON lines.</summary>
    public bool Json { get; init; }
}
