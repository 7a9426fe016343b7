using System.Text.Json.Serialization;

namespace PollScale.HostStub.Simulation;

/// <summary>Last JSON line: each governor over all workloads.</summary>
internal sealed record SimulateSummary
{
    /// <summary>Kind of JSON line.</summary>
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "summary";

    /// <summary>Ctrl-C ended it: only some of the runs were done.</summary>
    public required bool Interrupted { get; init; }

    /// <summary>Runs that were done.</summary>
    public required int Runs { get; init; }

    /// <summary>Runs that there were to do.</summary>
    public required int PlannedRuns { get; init; }

    /// <summary>Each governor, in the order given.</summary>
    public required IReadOnlyList<Figures> Governors { get; init; }
}
