using System.Runtime.InteropServices;

namespace PollScale.HostStub.Traffic.Recording;

/// <summary>Frames on their way from one thread to another, in a bounded ring of memory. Neither side waits or allocates.</summary>
// SAFETY: all places are multiples of 16 below the size, and a frame is put where it fits whole; one thread puts, one takes.
internal sealed unsafe class FrameQueue : IDisposable
{
    private const int Align = 16;
    private const int HeadSize = 16; // i32 length, -1 for "go on at the start"; u64 TSC at 8
    private const int Wrap = -1;
    private readonly long _size;
    private byte* _ring;
    private long _put;
    private long _taken;

    /// <param name="size">Bytes, a power of two; memory is used as far as the queue fills.</param>
    public FrameQueue(int size)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(int.IsPow2(size), true);
        _size = size;
        _ring = (byte*)NativeMemory.AlignedAlloc((nuint)size, Align);
    }

    /// <summary>Puts a copy of a frame in. One thread.</summary>
    /// <returns>False when there is no room for it.</returns>
    public bool TryPut(ReadOnlySpan<byte> frame, ulong tsc)
    {
        long put = _put;
        long need = HeadSize + ((frame.Length + Align - 1L) & -Align);
        long offset = put & (_size - 1);
        long end = _size - offset;
        long skip = end < need ? end : 0; // never less than a head: all is aligned to its size
        if (put + skip + need - Volatile.Read(ref _taken) > _size)
        {
            return false;
        }

        if (skip > 0)
        {
            *(int*)(_ring + offset) = Wrap;
            offset = 0;
        }

        byte* slot = _ring + offset;
        *(int*)slot = frame.Length;
        *(ulong*)(slot + 8) = tsc;
        frame.CopyTo(new Span<byte>(slot + HeadSize, frame.Length));
        Volatile.Write(ref _put, put + skip + need);
        return true;
    }

    /// <summary>Looks at the oldest frame; it stays until <see cref="Drop"/>. One thread.</summary>
    /// <returns>False when there is none.</returns>
    public bool TryPeek(out ReadOnlySpan<byte> frame, out ulong tsc)
    {
        while (Volatile.Read(ref _put) != _taken)
        {
            byte* slot = _ring + (_taken & (_size - 1));
            int length = *(int*)slot;
            if (length != Wrap)
            {
                frame = new ReadOnlySpan<byte>(slot + HeadSize, length);
                tsc = *(ulong*)(slot + 8);
                return true;
            }

            Volatile.Write(ref _taken, (_taken + _size - 1) & -_size);
        }

        frame = default;
        tsc = 0;
        return false;
    }

    /// <summary>Gives the room of the frame just looked at back.</summary>
    public void Drop()
    {
        int length = *(int*)(_ring + (_taken & (_size - 1)));
        Volatile.Write(ref _taken, _taken + HeadSize + ((length + Align - 1L) & -Align));
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_ring);
        _ring = null;
    }
}
