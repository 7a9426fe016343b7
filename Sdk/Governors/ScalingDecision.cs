namespace PollScale.Governors;

/// <summary>What a governor wants.</summary>
/// <param name="PState">P-state index to run at, 0 = fastest.</param>
/// <param name="EscalateAt">Backlog, in packets, at which the scaler asks again at once instead of at the next decision period;
/// <see cref="Never"/> when no backlog would change the answer.</param>
public readonly record struct ScalingDecision(int PState, int EscalateAt = ScalingDecision.Never)
{
    /// <summary>No backlog calls for an early decision.</summary>
    public const int Never = int.MaxValue;
}
