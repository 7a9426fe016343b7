using System.Runtime.CompilerServices;

namespace PollScale.Native;

/// <summary>
/// The reader's end of a perf event's ring: records that the kernel wrote, in order, over the ring's end too. One thread reads; allocates nothing. What could not have been
/// written by a kernel is told and passed over, whole: nothing is read outside the ring.
/// </summary>
// SAFETY: the page before the data and the data stay mapped while this is used; the index into the data is always masked by its size, a power of two, and a copy ends at its edge.
internal sealed unsafe class PerfRing
{
    /// <summary>Longest record that is given out, in bytes; one of six words and a head has some 80.</summary>
    public const int MostRecord = 512;

    private readonly perf_event_mmap_page* _page;
    private readonly byte* _data;
    private readonly ulong _size;
    private ulong _tail;
    private ulong _head;

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
        _tail = _head = Volatile.Read(ref _page->data_tail);
    }

    /// <summary>Looks how far the kernel has come. What it writes later is not read before the next look, so that a flood cannot hold the reader.</summary>
    public void Look() => _head = Volatile.Read(ref _page->data_head);

    /// <summary>Takes the next record that there was at the last <see cref="Look"/>.</summary>
    /// <param name="room">Takes what follows the record's head; at least <see cref="MostRecord"/> bytes.</param>
    /// <param name="type">PERF_RECORD_ number; <see cref="Torn"/> where what is there can be no record, and all of it was passed over.</param>
    /// <param name="length">Bytes in <paramref name="room"/>; less than the record has where it is longer than <see cref="MostRecord"/>.</param>
    /// <returns>False when there is none left; the kernel has the room back then.</returns>
    public bool TryRead(Span<byte> room, out uint type, out int length)
    {
        (type, length) = (0, 0);
        ulong left = unchecked(_head - _tail);
        if (left == 0)
        {
            Volatile.Write(ref _page->data_tail, _tail);
            return false;
        }

        perf_event_header header = default;
        if (left >= (ulong)sizeof(perf_event_header) && left <= _size)
        {
            Copy(_tail, new Span<byte>(&header, sizeof(perf_event_header)));
        }

        if (header.size < sizeof(perf_event_header) || header.size > left)
        {
            _tail = _head;
            type = Torn;
            return true;
        }

        length = Math.Min(header.size - sizeof(perf_event_header), Math.Min(room.Length, MostRecord));
        Copy(unchecked(_tail + (ulong)sizeof(perf_event_header)), room[..length]);
        _tail = unchecked(_tail + header.size);
        type = header.type;
        return true;
    }

    /// <summary>No record of the kernel's: its length is none, or goes beyond what was written.</summary>
    public const uint Torn = uint.MaxValue;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Copy(ulong from, Span<byte> to)
    {
        ulong at = from & (_size - 1);
        int first = (int)Math.Min(_size - at, (ulong)to.Length);
        new ReadOnlySpan<byte>(_data + at, first).CopyTo(to);
        new ReadOnlySpan<byte>(_data, to.Length - first).CopyTo(to[first..]);
    }
}
