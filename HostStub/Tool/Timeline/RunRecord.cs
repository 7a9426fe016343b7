using PollScale.HostStub.Report;

namespace PollScale.HostStub.Timeline;

/// <summary>The record of a run that is over.</summary>
internal sealed record RunRecord
{
    /// <summary>The steps, oldest first; those in which nobody looked are not there.</summary>
    public required IReadOnlyList<TimelineStep> Steps { get; init; }

    /// <summary>The P-state changes, oldest first.</summary>
    public required IReadOnlyList<RunChange> Changes { get; init; }

    /// <summary>Later changes that are not there.</summary>
    public required long ChangesLeftOut { get; init; }

    /// <summary>P-state in effect at the end.</summary>
    public required int LastPState { get; init; }

    /// <summary>TSC of the first packet.</summary>
    public required ulong BeginTsc { get; init; }

    /// <summary>TSC ticks of a step.</summary>
    public required ulong StepTicks { get; init; }

    /// <summary>TSC ticks a second.</summary>
    public required double TicksPerSecond { get; init; }

    /// <summary>Length of a step, s.</summary>
    public double StepS => StepTicks / TicksPerSecond;

    /// <summary>From the first packet to the first step, s.</summary>
    public double StartS => Steps.Count == 0 ? 0 : Seconds(Steps[0].Tsc);

    /// <summary>From the first packet to the end of the last step or the last change, s.</summary>
    public double EndS => Math.Max(Steps.Count == 0 ? 0 : Seconds(Steps[^1].Tsc + Steps[^1].Ticks), Changes.Count == 0 ? 0 : Changes[^1].ElapsedS);

    /// <summary>Place of a step on the grid of all, from 0.</summary>
    public int Cell(in TimelineStep step) => (int)((step.Tsc - Steps[0].Tsc) / StepTicks);

    private double Seconds(ulong tsc) => (tsc - BeginTsc) / TicksPerSecond;
}
