using System.Runtime.CompilerServices;
using PollScale.Clock;
using PollScale.Memif;
using PollScale.Telemetry;

namespace PollScale.HostStub.Peer;

/// <summary>What a peer hands back, counted. It may be anything: no stamp counts that was never sent, and each counts once. Allocates nothing after it was made.</summary>
internal sealed class StampedReturns
{
    private readonly SequenceWindow _window = new();
    private readonly LatencyHistogram _delays = new();
    private ulong _inOrder;
    private ulong _late;
    private ulong _repeated;
    private ulong _unstamped;
    private ulong _invalid;

    /// <summary>Frames in order. Counters are read by any thread.</summary>
    public ulong InOrder => Volatile.Read(ref _inOrder);

    /// <summary>Frames behind a later one.</summary>
    public ulong Late => Volatile.Read(ref _late);

    /// <summary>Frames once more.</summary>
    public ulong Repeated => Volatile.Read(ref _repeated);

    /// <summary>Frames without a stamp.</summary>
    public ulong Unstamped => Volatile.Read(ref _unstamped);

    /// <summary>Packets whose descriptor was not valid, and stamps that were never sent.</summary>
    public ulong Invalid => Volatile.Read(ref _invalid);

    /// <summary>Frames that came back, each once.</summary>
    public ulong Once => InOrder + Late;

    /// <summary>From sending to taking back, in ticks, of the frames that came back.</summary>
    public HistogramSnapshot Delays => _delays.Snapshot();

    /// <summary>Takes a burst and releases it.</summary>
    /// <param name="rx">Where frames come back.</param>
    /// <param name="sent">Frames sent so far: no number at or above is genuine.</param>
    /// <param name="begin">TSC before which none was sent.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Take(RxQueue rx, ulong sent, ulong begin)
    {
        Span<RxPacket> packets = stackalloc RxPacket[RxQueue.MaxBurst];
        int count = rx.Burst(packets);
        if (count == 0)
        {
            return;
        }

        ulong now = TscClock.Now;
        foreach (RxPacket packet in packets[..count])
        {
            Take(packet, sent, begin, now);
        }

        rx.Release(count);
    }

    private void Take(in RxPacket packet, ulong sent, ulong begin, ulong now)
    {
        if (!packet.IsValid)
        {
            _invalid++;
        }
        else if (!FrameStamp.TryRead(packet.Span, out FrameStamp stamp))
        {
            _unstamped++;
        }
        else if (stamp.Sequence >= sent || stamp.SendTsc < begin || stamp.SendTsc > now)
        {
            _invalid++;
        }
        else
        {
            Count(_window.Take(stamp.Sequence), now - stamp.SendTsc);
        }
    }

    private void Count(Arrival arrival, ulong delay)
    {
        if (arrival == Arrival.Repeated)
        {
            _repeated++;
            return;
        }

        _delays.Record(delay);
        if (arrival == Arrival.InOrder)
        {
            _inOrder++;
        }
        else
        {
            _late++;
        }
    }
}
