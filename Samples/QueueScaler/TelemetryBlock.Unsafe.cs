using System.Runtime.InteropServices;
using PollScale.Memif;
using PollScale.Telemetry;

namespace PollScale.Samples.QueueScaler;

/// <summary>The block that the loop counts in: a region's, where the host reads it, or one of the process's own.</summary>
// SAFETY: the block is of the layout's size; a region's belongs to it and outlives the loop, our own lasts until disposal.
internal sealed unsafe class TelemetryBlock : IDisposable
{
    private const nuint CacheLine = 64;
    private readonly bool _owned;

    /// <summary>A block of our own, of zeros.</summary>
    public TelemetryBlock()
        : this((byte*)NativeMemory.AlignedAlloc(LcoreTelemetryLayout.Size, CacheLine))
    {
        NativeMemory.Clear(Address, LcoreTelemetryLayout.Size);
        _owned = true;
    }

    /// <summary>A region's.</summary>
    public TelemetryBlock(PacketRegion region)
        : this(region.Telemetry)
    {
    }

    private TelemetryBlock(byte* address)
    {
        Address = address;
        Delay = new LogLinearHistogram(address + LcoreTelemetryLayout.Delay);
        RoundTrip = new LogLinearHistogram(address + LcoreTelemetryLayout.RoundTrip);
        WakeTime = new LogLinearHistogram(address + LcoreTelemetryLayout.WakeTime);
        Decisions = new DecisionLog(address + LcoreTelemetryLayout.Decisions);
    }

    /// <summary>First byte, see <see cref="LcoreTelemetryLayout"/>.</summary>
    public byte* Address { get; }

    /// <summary>Queueing delay of each packet that says when it was sent, in TSC ticks.</summary>
    public LogLinearHistogram Delay { get; }

    /// <summary>Round trip of each frequency call, in TSC ticks.</summary>
    public LogLinearHistogram RoundTrip { get; }

    /// <summary>How late each wait ended, in TSC ticks.</summary>
    public LogLinearHistogram WakeTime { get; }

    /// <summary>The scaler's last decisions.</summary>
    public DecisionLog Decisions { get; }

    public void Dispose()
    {
        if (_owned)
        {
            NativeMemory.AlignedFree(Address);
        }
    }
}
