using System.Buffers.Binary;
using System.Runtime.InteropServices;
using PollScale.Native;

namespace PollScale.Tests.Shared.Native;

/// <summary>Memory as the kernel maps it for a perf event, with a writer in the kernel's place.</summary>
// SAFETY: the block has the control page and the data, and lives until disposal; what is written is masked by the size of the data.
internal sealed unsafe class RingMemory : IDisposable
{
    public const int Page = 4096;

    private readonly byte* _block;
    private readonly int _size;

    /// <param name="size">Bytes of data, a power of two.</param>
    /// <param name="start">Bytes that were written and read before.</param>
    public RingMemory(int size = Page, ulong start = 0)
    {
        _size = size;
        _block = (byte*)NativeMemory.AlignedAlloc((nuint)(Page + size), Page);
        new Span<byte>(_block, Page + size).Clear();
        Control->data_head = Control->data_tail = start;
        Ring = new PerfRing(_block, Page, size);
    }

    public PerfRing Ring { get; }

    public ulong Head => Control->data_head;

    public ulong Tail => Volatile.Read(ref Control->data_tail);

    /// <summary>The reader has given all room back.</summary>
    public bool IsRead => Tail == Head;

    private perf_event_mmap_page* Control => (perf_event_mmap_page*)_block;

    /// <summary>Writes a record, head and all.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="body">What follows the head.</param>
    /// <param name="size">The length that the head states; its own where nothing is said.</param>
    public void Write(uint type, ReadOnlySpan<byte> body, int? size = null)
    {
        byte[] record = new byte[8 + body.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(record, type);
        BinaryPrimitives.WriteUInt16LittleEndian(record.AsSpan(6), (ushort)(size ?? record.Length));
        body.CopyTo(record.AsSpan(8));
        Write(record);
    }

    /// <summary>Writes bytes, whatever they say; a reader sees all of them or none.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        ulong head = Control->data_head;
        foreach (byte one in bytes)
        {
            _block[Page + (int)(head++ & (ulong)(_size - 1))] = one;
        }

        Volatile.Write(ref Control->data_head, head);
    }

    /// <summary>The body of a sample of kvm:kvm_hypercall, as Debian's kernels lay it out.</summary>
    public static byte[] Hypercall(int thread, int cpu, ulong number, ulong argument, ulong sequence)
    {
        const int Raw = 52; // 8 of what all tracepoints have, five words, and 4 that fill up
        byte[] body = new byte[20 + Raw];
        BinaryPrimitives.WriteInt32LittleEndian(body, thread);
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(4), thread);
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(8), cpu);
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(16), Raw);
        Span<byte> raw = body.AsSpan(20);
        BinaryPrimitives.WriteUInt64LittleEndian(raw[8..], number);
        BinaryPrimitives.WriteUInt64LittleEndian(raw[16..], argument);
        BinaryPrimitives.WriteUInt64LittleEndian(raw[24..], sequence);
        return body;
    }

    public void Dispose() => NativeMemory.AlignedFree(_block);
}
