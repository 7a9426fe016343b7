namespace PollScale.Governors;

/// <summary>A governor that can say why it decided as it did.</summary>
public interface IExplainedGovernor : IGovernor
{
    /// <summary>What settled the last decision.</summary>
    DecisionReason LastReason { get; }

    /// <summary>Arrival rate in packets per second, as estimated.</summary>
    double ArrivalsPerSecond { get; }
}
