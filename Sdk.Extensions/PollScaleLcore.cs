using PollScale.Governors;
using PollScale.Telemetry;

namespace PollScale.Extensions;

/// <summary>One polling thread's scaler, in the meter until it is disposed. Dispose it on that thread.</summary>
public sealed class PollScaleLcore : IDisposable
{
    private readonly PollScaleMeter _meter;
    private bool _disposed;

    internal PollScaleLcore(LcoreScaler scaler, CountedTransport transport, DecisionTrace trace, LatencyHistogram wakeTimes, PollScaleMeter meter)
    {
        (Scaler, Transport, Trace, WakeTimes, _meter) = (scaler, transport, trace, wakeTimes, meter);
        meter.Add(this);
    }

    /// <summary>The scaler: tell it of every poll.</summary>
    public LcoreScaler Scaler { get; }

    /// <summary>Its last decisions.</summary>
    public DecisionTrace Trace { get; }

    internal CountedTransport Transport { get; }

    /// <summary>How late its waits ended, in TSC ticks.</summary>
    internal LatencyHistogram WakeTimes { get; }

    /// <summary>Asks for the fastest P-state, ends scaling, closes the way to the host and leaves the meter.</summary>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _meter.Remove(this);
            Scaler.Dispose();
            Transport.Dispose();
        }
    }
}
