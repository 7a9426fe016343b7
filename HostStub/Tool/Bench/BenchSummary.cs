using PollScale.HostStub.Bench.Paths.ThisHost;
using PollScale.HostStub.Report.Kit;

namespace PollScale.HostStub.Bench;

/// <summary>Whether every goal was met.</summary>
[LineOf("bench", LineType.Summary)]
internal sealed record BenchSummary : SummaryLine
{
    /// <summary>Measurements made.</summary>
    public required int Measured { get; init; }

    /// <summary>Of these, how many missed their goal.</summary>
    public required int Missed { get; init; }

    /// <summary>Of `bench paths --this-host`: what became of each path, and what the pCPU counted meanwhile; empty else.</summary>
    public IReadOnlyList<PathFacts> Paths { get; init; } = [];
}
