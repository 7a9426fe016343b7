namespace PollScale.Telemetry;

/// <summary>
/// Byte offsets of the telemetry block that a polling lcore writes and its host reads. All u64, little-endian, written by one
/// thread with plain stores. The host trusts none of it: it is shown, and checked against what the host counted itself.
/// </summary>
internal static class LcoreTelemetryLayout
{
    /// <summary>u64: <see cref="LcoreState"/>.</summary>
    public const int State = 0;

    /// <summary>u64: TSC at the entry of Main.</summary>
    public const int MainTsc = 8;

    /// <summary>u64: TSC when polling began.</summary>
    public const int PollingTsc = 16;

    /// <summary>u64: polls.</summary>
    public const int Polls = 24;

    /// <summary>u64: polls that returned nothing.</summary>
    public const int EmptyPolls = 32;

    /// <summary>u64: polls that returned a full burst.</summary>
    public const int FullPolls = 40;

    /// <summary>u64: packets received.</summary>
    public const int Received = 48;

    /// <summary>u64: packets forwarded.</summary>
    public const int Forwarded = 56;

    /// <summary>u64[16]: packets dropped, by <see cref="DropCause"/>.</summary>
    public const int Drops = 64;

    /// <summary>Slots of <see cref="Drops"/>.</summary>
    public const int DropSlots = 16;

    /// <summary>u64: frequency calls made.</summary>
    public const int Calls = 192;

    /// <summary>u64: P-state index last granted.</summary>
    public const int PState = 200;

    /// <summary>u64: waits made where polls found nothing.</summary>
    public const int Waits = 208;

    /// <summary>u64: TSC ticks of all these waits.</summary>
    public const int IdleTicks = 216;

    /// <summary>u64: TSC ticks of all packet work, from the poll that returned packets until they were on their way.</summary>
    public const int WorkTicks = 224;

    /// <summary>Histogram of queueing delay (poll TSC - send TSC), in TSC ticks.</summary>
    public const int Delay = 256;

    /// <summary>Histogram of call round trips, in TSC ticks.</summary>
    public const int RoundTrip = Delay + LogLinearHistogram.Bytes;

    /// <summary>Histogram of how late waits ended, in TSC ticks.</summary>
    public const int WakeTime = RoundTrip + LogLinearHistogram.Bytes;

    /// <summary>The last decisions of its scaler, a <see cref="DecisionLog"/>.</summary>
    public const int Decisions = (WakeTime + LogLinearHistogram.Bytes + CacheLine - 1) & -CacheLine;

    /// <summary>Bytes of the block.</summary>
    public const int Size = Decisions + DecisionLog.Bytes;

    private const int CacheLine = 64;
}
