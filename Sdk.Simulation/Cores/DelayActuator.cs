namespace PollScale.Simulation.Cores;

/// <summary>An actuator that follows each request after a fixed time, as cores with their own regulator do.</summary>
public sealed class DelayActuator : IActuator
{
    private readonly long _latency;

    /// <summary>Makes an actuator.</summary>
    /// <param name="latency">Time from a request to its effect, 0 or more.</param>
    /// <param name="stall">Time for which the core stands still at a change, 0 or more.</param>
    public DelayActuator(long latency, long stall = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(latency);
        ArgumentOutOfRangeException.ThrowIfNegative(stall);
        _latency = latency;
        Stall = stall;
        Name = ActuatorText.Format(latency, ActuatorText.DelayKind, 0, stall);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public long WorstLatency => _latency + Stall;

    /// <inheritdoc/>
    public long Stall { get; }

    /// <inheritdoc/>
    public long EffectTime(long request, ulong seed) => request + _latency;
}
