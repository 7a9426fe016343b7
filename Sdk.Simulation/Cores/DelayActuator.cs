namespace PollScale.Simulation.Cores;

/// <summary>An actuator that follows each request after a time, fixed or random, as cores with their own regulator do.</summary>
public sealed class DelayActuator : IActuator
{
    private const ulong DelaySalt = 0xDE1A;
    private readonly long _least;
    private readonly long _latency;

    /// <summary>Makes an actuator.</summary>
    /// <param name="latency">Time from a request to its effect, 0 or more.</param>
    /// <param name="stall">Time for which the core stands still at a change, 0 or more.</param>
    public DelayActuator(long latency, long stall = 0)
        : this(latency, latency, stall)
    {
    }

    internal DelayActuator(long least, long latency, long stall)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(least);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(least, latency);
        ArgumentOutOfRangeException.ThrowIfNegative(stall);
        _least = least;
        _latency = latency;
        Stall = stall;
        Name = ActuatorText.Format(least, latency, ActuatorText.DelayKind, 0, 0, stall, default);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public long WorstLatency => _latency + Stall;

    /// <inheritdoc/>
    public long Stall { get; }

    /// <inheritdoc/>
    public long EffectTime(long request, ulong seed) =>
        request + (_least == _latency ? _latency : _least + new SeedStream(seed ^ (ulong)request, DelaySalt).NextBelow(_latency - _least + 1));
}
