namespace PollScale.Memif;

/// <summary>What a link to any peer adds: several regions, buffers of any size and our own ones, frames over several buffers, a peer that sleeps.</summary>
// SAFETY: a buffer is one of our own by its slot, or found in its region from one copy of its descriptor; no more than its capacity is written.
public sealed unsafe partial class TxQueue
{
    private readonly MemifRegion[] _regions;
    private OwnBuffers? _own;

    // Buffers that a slave has at the start, beside those that the peer has handed back.
    private readonly ushort _ahead;
    private Action? _wake;

    /// <summary>The sending end of a link.</summary>
    /// <param name="ring">Our ring (slave to master), or the peer's (master to slave).</param>
    /// <param name="regions">Regions of the link by number.</param>
    /// <param name="own">The ring's buffers where they are ours; null where we are the master.</param>
    /// <param name="wake">Wakes a peer that sleeps until packets come; null where none can. It must not wait.</param>
    internal TxQueue(MemifRing ring, MemifRegion[] regions, OwnBuffers? own, Action? wake)
    {
        _ring = ring;
        _regions = regions;
        _own = own;
        _wake = wake;
        _ahead = own is null ? (ushort)0 : (ushort)ring.Size;
        MaxFrame = MemifAbi.MaxFrame;
        _freed = own is null ? ring.HeadIndex : ring.TailIndex;
        _shown = own is null ? ring.TailIndex : ring.HeadIndex;
    }

    /// <summary>Copies a frame into the next buffer, or the next several; the peer sees it after <see cref="Publish"/>.</summary>
    /// <param name="frame">The Ethernet frame, without FCS, at most <see cref="MaxFrame"/> bytes.</param>
    /// <returns>False when the peer has not as many buffers free as the frame takes: it is not sent, and may be tried again. A frame that takes more than <see cref="Size"/> never goes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The frame is too long.</exception>
    public bool TrySend(ReadOnlySpan<byte> frame)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(frame.Length, MaxFrame, nameof(frame));
        if (!TryReserve(out byte* buffer))
        {
            return false;
        }

        if (frame.Length > Capacity)
        {
            return TrySendChain(frame);
        }

        frame.CopyTo(new Span<byte>(buffer, Capacity));
        Commit(frame.Length, 0, 0);
        return true;
    }

    /// <summary>The link's memory goes. From here on the queue is full.</summary>
    internal void Close()
    {
        _freed = LostRing.Read;
        _shown = LostRing.Written;
        _head = _next = _ahead;
        _frame = null;
        _own = null;
        _wake = null;
    }

    // What one comparison does not find plain.
    private bool TrySendAny(in RxPacket packet)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(packet.Length, MaxFrame, nameof(packet));
        if (!TryReserve(out byte* frame))
        {
            return false;
        }

        if ((uint)packet.Length > _capacity)
        {
            return TrySendChain(packet.Span);
        }

        Copy(frame, packet.Frame, packet.Length);
        Commit(packet.Length, packet.SendTsc, packet.Sequence);
        return true;
    }

    private bool TryReserveAny(out byte* frame)
    {
        for (int tries = _ring.Size; tries > 0 && (_head != _next || FindFree()); tries--)
        {
            if (TryFind(_next, out byte* buffer, out uint capacity))
            {
                frame = _frame = buffer;
                _capacity = capacity;
                return true;
            }

            HandBackEmpty(ref _ring.Descriptor(_next));
        }

        frame = null;
        return false;
    }

    // Flags of a posted buffer are what its last frame left there.
    private bool TryFind(ushort index, out byte* buffer, out uint capacity)
    {
        if (_own is { } own)
        {
            buffer = _regions[0].Address + own.At(index & (_ring.Size - 1));
            capacity = (uint)own.Size;
            return true;
        }

        memif_desc_t posted = _ring.Descriptor(index);
        capacity = Math.Min(posted.length, MemifAbi.MaxFrame);
        buffer = posted.region < _regions.Length && capacity >= MemifAbi.MinBuffer ? _regions[posted.region].Find(posted.offset, capacity) : null;
        return buffer != null;
    }

    // Nothing is committed before the whole frame is in buffers.
    private bool TrySendChain(ReadOnlySpan<byte> frame)
    {
        ushort first = _next, index = first;
        while (!frame.IsEmpty)
        {
            // The reserved buffer is the first.
            byte* buffer = _frame;
            uint capacity = _capacity;
            if (index != first && !((index != _head || IsFreedBehind(index)) && TryFind(index, out buffer, out capacity)))
            {
                return false;
            }

            int part = Math.Min(frame.Length, (int)capacity);
            frame[..part].CopyTo(new Span<byte>(buffer, part));
            frame = frame[part..];
            ref memif_desc_t descriptor = ref _ring.Descriptor(index);
            if (_own is { } own)
            {
                descriptor = own.Descriptor(index & (_ring.Size - 1), 0);
            }

            descriptor.length = (uint)part;
            descriptor.flags = frame.IsEmpty ? (ushort)0 : MemifAbi.DescriptorFlagNext;
            index++;
        }

        _next = index;
        _frame = null;
        return true;
    }

    private bool IsFreedBehind(ushort index)
    {
        ushort head = (ushort)(Volatile.Read(ref *_freed) + _ahead);
        if ((ushort)(head - _next) > _ring.Size || (ushort)(head - _next) <= (ushort)(index - _next))
        {
            return false;
        }

        _head = head;
        return true;
    }

    private void Describe(OwnBuffers buffers) => _ring.Descriptor(_next) = buffers.Descriptor(_next & (_ring.Size - 1), 0);

    // The peer sets its flag and then looks at the index, so that here the index has to be out before the flag is read.
    private void WakeSleeper()
    {
        Interlocked.MemoryBarrier();
        if ((_ring.Flags & MemifAbi.RingFlagMaskInterrupt) == 0)
        {
            _wake!();
        }
    }
}
