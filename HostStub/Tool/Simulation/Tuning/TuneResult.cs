using PollScale.HostStub.Report.Kit;

namespace PollScale.HostStub.Simulation.Tuning;

/// <summary>What a search found, as JSON and for tables.</summary>
[LineOf("simulate --tune", LineType.Summary)]
internal sealed record TuneResult : SummaryLine
{
    /// <summary>Text of the governor to use.</summary>
    public required string Governor { get; init; }

    /// <summary>The same options in C#.</summary>
    public required string CSharp { get; init; }

    /// <summary>Whether it is another setting than was given.</summary>
    public required bool Changed { get; init; }

    /// <summary>Settings tried.</summary>
    public required int Runs { get; init; }

    /// <summary>Ctrl-C ended the search: nothing was tested.</summary>
    public required bool Interrupted { get; init; }

    /// <summary>What the search saw.</summary>
    public required string TrainedOn { get; init; }

    /// <summary>What it did not see.</summary>
    public required string TestedOn { get; init; }

    /// <summary>Energy over the oracle's of the setting given, in training.</summary>
    public required double? DefaultTrainRatio { get; init; }

    /// <summary>Energy over the oracle's of the best setting found, in training.</summary>
    public required double? BestTrainRatio { get; init; }

    /// <summary>The setting given, in the test; null when there was none.</summary>
    public required Figures? DefaultTest { get; init; }

    /// <summary>The best setting found, in the test; null when there was none.</summary>
    public required Figures? BestTest { get; init; }

    /// <summary>The outcome in words.</summary>
    public required string Verdict { get; init; }
}
