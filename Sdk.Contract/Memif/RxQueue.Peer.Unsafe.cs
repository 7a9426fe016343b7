using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PollScale.Memif;

/// <summary>What a link to any peer adds: several regions, frames over several buffers, and our own buffers posted where we are the slave.</summary>
// SAFETY: every descriptor is copied once and found in its region before it is read; a chain is copied as far as a slot of our own memory reaches.
public sealed unsafe partial class RxQueue
{
    private const int GatherSlots = MaxBurst;
    private readonly MemifRegion[] _regions;
    private OwnBuffers? _own;

    // For each descriptor that begins a chain which is held: how many it has, and whether it was gathered.
    private readonly (ushort Span, bool Gathered)[] _chains = [];
    private readonly bool _isPlain = true;
    private byte* _room;
    private int _surplus;
    private int _gathered;
    private int _gatherNext;

    /// <summary>The receiving end of a link. A slave's posts all of its buffers: not before the peer is connected, since that sets the indices to 0.</summary>
    /// <param name="ring">The peer's ring (slave to master), or ours (master to slave).</param>
    /// <param name="regions">Regions of the link by number.</param>
    /// <param name="own">The ring's buffers where they are ours; null where we are the master.</param>
    internal RxQueue(MemifRing ring, MemifRegion[] regions, OwnBuffers? own)
    {
        _ring = ring;
        _regions = regions;
        _own = own;
        _region = regions[0].Address;
        _regionSize = regions[0].Size;
        _maxFrame = MemifAbi.MaxFrame;
        _chains = new (ushort, bool)[ring.Size];
        _room = (byte*)NativeMemory.Alloc(GatherSlots * MemifAbi.MaxFrame); // pages that no chain needs are never touched
        _isPlain = false;
        _arrived = own is null ? ring.HeadIndex : ring.TailIndex;
        _given = own is null ? ring.TailIndex : ring.HeadIndex;
        ring.Flags = MemifAbi.RingFlagMaskInterrupt;
        if (own is { } buffers)
        {
            Post(buffers, 0, ring.Size);
            Volatile.Write(ref *_given, (ushort)ring.Size);
        }
    }

    /// <summary>Packets so far that were not valid.</summary>
    public ulong BadDescriptors { get; private set; }

    /// <summary>The link's memory goes, and so does that which chains are gathered in: no packet may be in use. From here on the queue is empty.</summary>
    internal void Close()
    {
        _arrived = LostRing.Read;
        _given = LostRing.Written;
        _tail = _next = 0;
        _surplus = _gathered = 0;
        _own = null;
        NativeMemory.Free(_room);
        _room = null;
    }

    // Regions beside the first, and frames over several descriptors, which are made whole: whoever forwards a frame wants it in one piece.
    private int BurstAny(Span<RxPacket> packets, int taken, int waiting)
    {
        int used = taken;
        int most = Math.Min(packets.Length, MaxBurst);
        while (taken < most && used < waiting)
        {
            ushort first = (ushort)(_next + used);
            int span = Take(first, waiting - used, out packets[taken]);
            if (span == 0)
            {
                break;
            }

            used += span;
            taken++;
        }

        _next += (ushort)used;
        return taken;
    }

    /// <returns>Descriptors of the packet; 0 when it has to wait for the release of others.</returns>
    private int Take(ushort first, int waiting, out RxPacket packet)
    {
        memif_desc_t descriptor = _ring.Descriptor(first);
        if ((descriptor.flags & MemifAbi.DescriptorFlagNext) != 0)
        {
            return Gather(first, waiting, descriptor, out packet);
        }

        byte* frame = Find(descriptor);
        packet = frame == null ? default : new RxPacket(frame, descriptor.length | RxPacket.NoStamp);
        BadDescriptors += frame == null ? 1u : 0;
        return 1;
    }

    private int Gather(ushort first, int waiting, memif_desc_t descriptor, out RxPacket packet)
    {
        packet = default;
        if (_gathered == GatherSlots || _room == null)
        {
            return 0;
        }

        byte* frame = _room + (_gatherNext * MemifAbi.MaxFrame);
        int length = 0, span = 0;
        bool whole = true;
        while (true)
        {
            span++;
            byte* part = Find(descriptor);
            if (part == null || (int)descriptor.length > MemifAbi.MaxFrame - length)
            {
                whole = false;
            }
            else
            {
                Unsafe.CopyBlockUnaligned(frame + length, part, descriptor.length);
                length += (int)descriptor.length;
            }

            if ((descriptor.flags & MemifAbi.DescriptorFlagNext) == 0)
            {
                break;
            }

            if (span == waiting)
            {
                whole = false; // a sender shows whole frames only
                break;
            }

            descriptor = _ring.Descriptor(first + span);
        }

        _chains[first & (_ring.Size - 1)] = ((ushort)span, whole);
        _surplus += span - 1;
        if (whole)
        {
            packet = new RxPacket(frame, (uint)length | RxPacket.NoStamp);
            _gathered++;
            _gatherNext = (_gatherNext + 1) % GatherSlots;
        }
        else
        {
            BadDescriptors++;
        }

        return span;
    }

    private byte* Find(memif_desc_t descriptor)
    {
        MemifRegion[] regions = _regions;
        return descriptor.region < regions.Length && descriptor.length <= _maxFrame ? regions[descriptor.region].Find(descriptor.offset, descriptor.length) : null;
    }

    private void ReleaseAny(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)Held, nameof(count));
        int used = count;
        if (_surplus > 0 || _gathered > 0)
        {
            used = 0;
            for (int i = 0; i < count; i++)
            {
                ref (ushort Span, bool Gathered) chain = ref _chains[(ushort)(_tail + used) & (_ring.Size - 1)];
                int span = Math.Max((int)chain.Span, 1);
                used += span;
                _surplus -= span - 1;
                _gathered -= chain.Gathered ? 1 : 0;
                chain = default;
            }
        }

        if (_own is { } buffers)
        {
            Post(buffers, _tail, used);
            _tail += (ushort)used;
            Volatile.Write(ref *_given, (ushort)(_tail + _ring.Size));
        }
        else
        {
            _tail += (ushort)used;
            Volatile.Write(ref *_given, _tail);
        }
    }

    // The peer may have scribbled over the descriptors: every field is written each time.
    private void Post(OwnBuffers buffers, ushort first, int count)
    {
        for (int i = 0; i < count; i++)
        {
            int slot = (first + i) & (_ring.Size - 1);
            _ring.Descriptor(slot) = buffers.Descriptor(slot, (uint)buffers.Size);
        }
    }
}
