using System.Runtime.InteropServices;

namespace PollScale.Native;

/// <summary>
/// The reader's end of a perf event's ring: records that the kernel wrote, in order, over the ring's end too. One thread reads; allocates nothing. What could not have been
/// written by a kernel is told and passed over, whole: nothing is read outside the ring.
/// </summary>
// SAFETY: the page before the data and the data stay mapped while this is used; the index into the data is always masked by its size, a power of two, and what is read there or copied ends at its edge.
internal sealed unsafe class PerfRing
{
    /// <summary>Longest record that is given out, in bytes; one of six words and a head has some 80.</summary>
    public const int MostRecord = 512;

    private readonly perf_event_mmap_page* _page;
    private readonly byte* _data;
    private readonly ulong _size;
    private readonly byte[] _room = new byte[MostRecord];
    private ulong _tail;
    private ulong _head;
    private ulong _before;

    /// <summary>Takes a ring from where its last reader left it.</summary>
    /// <param name="page">The control page; the data begin at the next one.</param>
    /// <param name="dataOffset">Bytes from the control page to the data.</param>
    /// <param name="dataSize">Bytes of data, a power of two.</param>
    public PerfRing(byte* page, int dataOffset, int dataSize)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(int.IsPow2(dataSize), true);
        _page = (perf_event_mmap_page*)page;
        _data = page + dataOffset;
        _size = (ulong)dataSize;
        _tail = _head = _before = Volatile.Read(ref _page->data_tail);
    }

    /// <summary>The kernel may have had no room for a record since this was set false: true without need now and then, never false where it had none and this has looked since.</summary>
    public bool MayHaveLost { get; set; }

    /// <summary>Looks how far the kernel has come. What it writes later is not read before the next look, so that a flood cannot hold the reader.</summary>
    public void Look()
    {
        // What it lost while the last records were read it lost for the room that was free before.
        _head = Volatile.Read(ref _page->data_head);
        MayHaveLost |= unchecked(_head - _before + MostRecord) > _size;
        _before = _tail;
    }

    /// <summary>Takes the next record that there was at the last <see cref="Look"/>.</summary>
    /// <param name="type">PERF_RECORD_ number; <see cref="Torn"/> where what is there can be no record, and all of it was passed over.</param>
    /// <param name="body">What follows the record's head, until the next call; less than the record has where it is longer than <see cref="MostRecord"/>.</param>
    /// <returns>False when there is none left; the kernel has the room back then.</returns>
    public bool TryRead(out uint type, out ReadOnlySpan<byte> body)
    {
        type = 0;
        body = default;
        ulong left = unchecked(_head - _tail);
        if (left == 0)
        {
            Volatile.Write(ref _page->data_tail, _tail);
            return false;
        }

        // Most lie in one piece, and are read where they lie.
        ulong at = _tail & (_size - 1), piece = _size - at;
        perf_event_header header = left < (ulong)sizeof(perf_event_header) || left > _size ? default
            : piece >= (ulong)sizeof(perf_event_header) ? *(perf_event_header*)(_data + at)
            : MemoryMarshal.Read<perf_event_header>(Copy(_tail, sizeof(perf_event_header)));
        if (header.size < sizeof(perf_event_header) || header.size > left)
        {
            _tail = _head;
            type = Torn;
            return true;
        }

        int length = Math.Min(header.size - sizeof(perf_event_header), MostRecord);
        body = piece >= (ulong)(sizeof(perf_event_header) + length)
            ? new ReadOnlySpan<byte>(_data + at + sizeof(perf_event_header), length)
            : Copy(unchecked(_tail + (ulong)sizeof(perf_event_header)), length);
        _tail = unchecked(_tail + header.size);
        type = header.type;
        return true;
    }

    /// <summary>No record of the kernel's: its length is none, or goes beyond what was written.</summary>
    public const uint Torn = uint.MaxValue;

    private ReadOnlySpan<byte> Copy(ulong from, int length)
    {
        Span<byte> to = _room.AsSpan(0, length);
        ulong at = from & (_size - 1);
        int first = (int)Math.Min(_size - at, (ulong)length);
        new ReadOnlySpan<byte>(_data + at, first).CopyTo(to);
        new ReadOnlySpan<byte>(_data, length - first).CopyTo(to[first..]);
        return to;
    }
}
