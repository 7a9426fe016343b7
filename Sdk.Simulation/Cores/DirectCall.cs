namespace PollScale.Simulation.Cores;

/// <summary>
/// A hypercall: the core stands still for the round trip, the request reaches the actuator at half of it, and the reply is known at
/// its end.
/// </summary>
public sealed class DirectCall : IChannel, IChannelSession
{
    /// <summary>Makes a channel.</summary>
    /// <param name="roundTrip">Time of a call, 0 or more.</param>
    public DirectCall(long roundTrip = SimTime.Microsecond)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(roundTrip);
        CallTime = roundTrip;
        Name = FormattableString.Invariant($"direct({roundTrip / (double)SimTime.Microsecond}us)");
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public long WorstDelay => 0;

    /// <inheritdoc/>
    public long CallTime { get; }

    /// <inheritdoc/>
    public bool Replies => true;

    /// <inheritdoc/>
    public IChannelSession Open(ulong seed) => this;

    /// <inheritdoc/>
    public CallResult Send(long time) => new(CallTime, time + (CallTime / 2), Granted: true);
}
