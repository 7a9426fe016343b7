using System.ComponentModel;

namespace PollScale.Native;

/// <summary>
/// The reader's end of a BPF ring buffer: records in the order in which programs began them. One thread reads, all that is there each time it is woken: a record wakes whoever has read all before it. Allocates nothing. The kernel alone writes records, and no
/// length of one is believed beyond what was written.
/// </summary>
// SAFETY: both mappings stay until disposal, after which nobody reads; the kernel maps the data twice in a row, so that a record of up to all of it lies in one piece.
internal sealed unsafe class BpfRing : IDisposable
{
    private readonly MappedRegion _consumer, _producer;
    private readonly byte* _data;
    private readonly ulong _size;
    private ulong _position;

    private BpfRing(BpfMap map, MappedRegion consumer, MappedRegion producer, int bytes)
    {
        (Map, _consumer, _producer, _size) = (map, consumer, producer, (ulong)bytes);
        _data = producer.Address + Environment.SystemPageSize;
    }

    /// <summary>The map, for a program; its descriptor is readable while there are records.</summary>
    public BpfMap Map { get; }

    /// <summary>Makes a ring.</summary>
    /// <param name="bytes">A power of two, at least a page.</param>
    /// <param name="name">As of <see cref="BpfMap.Create"/>.</param>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public static BpfRing Create(int bytes, string name)
    {
        int page = Environment.SystemPageSize;
        BpfMap map = BpfMap.Create(LibC.BPF_MAP_TYPE_RINGBUF, 0, 0, bytes, 0, name);
        MappedRegion? consumer = null;
        try
        {
            consumer = MappedRegion.Map(map.Descriptor.Fd, 0, (nuint)page, LibC.PROT_READ | LibC.PROT_WRITE, "a BPF ring");
            return new BpfRing(map, consumer, MappedRegion.Map(map.Descriptor.Fd, page, (nuint)(page + (2 * bytes)), LibC.PROT_READ, "a BPF ring"), bytes);
        }
        catch
        {
            consumer?.Dispose();
            map.Dispose();
            throw;
        }
    }

    /// <summary>Takes the next record.</summary>
    /// <param name="room">Takes it; what is longer is cut.</param>
    /// <param name="length">Bytes in <paramref name="room"/>.</param>
    /// <returns>False when there is none, or the next is still being written.</returns>
    public bool TryRead(Span<byte> room, out int length)
    {
        length = 0;
        while (true)
        {
            ulong left = unchecked(Volatile.Read(ref *(ulong*)_producer.Address) - _position);
            if (left < LibC.BPF_RINGBUF_HDR_SZ || left > _size)
            {
                return false;
            }

            byte* record = _data + (_position & (_size - 1));
            uint head = Volatile.Read(ref *(uint*)record);
            if ((head & LibC.BPF_RINGBUF_BUSY_BIT) != 0)
            {
                return false;
            }

            ulong bytes = head & ~LibC.BPF_RINGBUF_DISCARD_BIT;
            ulong whole = (LibC.BPF_RINGBUF_HDR_SZ + bytes + 7) & ~7ul;
            bool taken = (head & LibC.BPF_RINGBUF_DISCARD_BIT) == 0 && whole <= left;
            if (taken)
            {
                length = (int)Math.Min(bytes, (ulong)room.Length);
                new ReadOnlySpan<byte>(record + LibC.BPF_RINGBUF_HDR_SZ, length).CopyTo(room);
            }

            _position = unchecked(_position + Math.Min(whole, left));
            Volatile.Write(ref *(ulong*)_consumer.Address, _position);
            Interlocked.MemoryBarrier(); // a record that comes now wakes, or the next look sees it: the kernel looks at the position once it has written
            if (taken)
            {
                return true;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _producer.Dispose();
        _consumer.Dispose();
        Map.Dispose();
    }
}
