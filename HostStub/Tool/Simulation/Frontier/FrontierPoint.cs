namespace PollScale.HostStub.Simulation.Frontier;

/// <summary>One governor on one workload: the delay that it causes, and the power that it takes.</summary>
internal sealed record FrontierPoint
{
    /// <summary>Name of the workload.</summary>
    public required string Workload { get; init; }

    /// <summary>Text of the governor.</summary>
    public required string Governor { get; init; }

    /// <summary>Delay bound of a point of the curve; null for one beside it.</summary>
    public required double? DelayBoundUs { get; init; }

    /// <summary>The bound is the one that is chosen where none is stated.</summary>
    public required bool Knee { get; init; }

    /// <summary>p99 of the time packets waited in the rx ring, of the worst run.</summary>
    public required double DelayP99Us { get; init; }

    /// <summary>Mean power, of all runs.</summary>
    public required double Watts { get; init; }

    /// <summary>Packets lost that the fastest P-state does not lose.</summary>
    public required long ExcessLoss { get; init; }

    /// <summary>Share of the time asleep: what sleep saves no frequency does.</summary>
    public required double AsleepShare { get; init; }

    /// <summary>Delay bound with which the curve takes the least power without loss at this p99 delay or less; null for a point of the curve, and where it has none.</summary>
    public double? CurveBoundUs { get; init; }

    /// <summary>That power over this governor's; null for a point of the curve, where it has none, and for a governor that loses packets.</summary>
    public double? CurveOverThis { get; init; }
}
