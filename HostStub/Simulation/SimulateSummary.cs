using System.Text.Json.Serialization;

namespace PollScale.HostStub.Simulation;

/// <summary>Last JSON line: each governor over all workloads.</summary>
internal sealed record SimulateSummary
{
    /// <summary>Kind of JSON line.</summary>
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "summary";

    /// <summary>Ctrl-C ended it: only some workloads were run.</summary>
    public required bool Interrupted { get; init; }

    /// <summary>Each governor, in the order given.</summary>
    public required IReadOnlyList<Figures> Governors { get; init; }
}
