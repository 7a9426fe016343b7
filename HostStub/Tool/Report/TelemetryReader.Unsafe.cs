using PollScale.Telemetry;

namespace PollScale.HostStub.Report;

/// <summary>Reads a guest's telemetry block. The guest may write while we read and may write anything: each word is read once.</summary>
// SAFETY: the block is of the layout's size and outlives this; the guest may write it at any time, so that each word is read once.
internal sealed unsafe class TelemetryReader
{
    private readonly byte* _block;

    /// <summary>Takes the block at <paramref name="address"/>: <see cref="LcoreTelemetryLayout.Size"/> bytes, mapped while this object is used.</summary>
    public TelemetryReader(nint address)
    {
        ArgumentOutOfRangeException.ThrowIfZero(address);
        _block = (byte*)address;
    }

    /// <summary>Polls so far, as the guest claims.</summary>
    public ulong Polls => Word(LcoreTelemetryLayout.Polls);

    /// <summary>Round trips so far, as the guest claims.</summary>
    public HistogramSnapshot RoundTrip => new LogLinearHistogram(_block + LcoreTelemetryLayout.RoundTrip).Snapshot();

    /// <summary>Ticks spent in waits so far, as the guest claims.</summary>
    public ulong IdleTicks => Word(LcoreTelemetryLayout.IdleTicks);

    /// <summary>Ticks of packet work so far, as the guest claims.</summary>
    public ulong WorkTicks => Word(LcoreTelemetryLayout.WorkTicks);

    /// <summary>How late waits ended so far, as the guest claims.</summary>
    public HistogramSnapshot WakeTime => new LogLinearHistogram(_block + LcoreTelemetryLayout.WakeTime).Snapshot();

    /// <summary>The last decisions of its scaler, as the guest claims.</summary>
    public DecisionLog Decisions => new(_block + LcoreTelemetryLayout.Decisions);

    /// <summary>Everything.</summary>
    public GuestTelemetry Read()
    {
        ulong[] drops = new ulong[LcoreTelemetryLayout.DropSlots];
        for (int i = 0; i < drops.Length; i++)
        {
            drops[i] = Word(LcoreTelemetryLayout.Drops + (i * sizeof(ulong)));
        }

        return new GuestTelemetry
        {
            State = Word(LcoreTelemetryLayout.State),
            MainTsc = Word(LcoreTelemetryLayout.MainTsc),
            PollingTsc = Word(LcoreTelemetryLayout.PollingTsc),
            Polls = Polls,
            Received = Word(LcoreTelemetryLayout.Received),
            Forwarded = Word(LcoreTelemetryLayout.Forwarded),
            Drops = drops,
            Calls = Word(LcoreTelemetryLayout.Calls),
            Delay = new LogLinearHistogram(_block + LcoreTelemetryLayout.Delay).Snapshot(),
            RoundTrip = RoundTrip,
            Waits = Word(LcoreTelemetryLayout.Waits),
            IdleTicks = IdleTicks,
            WakeTime = WakeTime,
        };
    }

    private ulong Word(int offset) => Volatile.Read(ref *(ulong*)(_block + offset));
}
