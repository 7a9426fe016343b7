using System.Runtime.InteropServices;
using PollScale.Telemetry;

namespace PollScale.HostStub.Traffic.Frames;

/// <summary>Frames in unmanaged memory, each at a cache line of its own, so that sending one is a plain copy.</summary>
// SAFETY: a frame is put where its rounded size is left of a chunk, and chunks live until disposal.
internal sealed unsafe class FrameStore : IDisposable
{
    private const int Line = 64;
    private const int ChunkSize = 1 << 20;
    private readonly List<nint> _chunks = [];
    private readonly List<FrameRef> _frames = [];
    private byte* _free;
    private int _left;

    /// <summary>Frames.</summary>
    public int Count => _frames.Count;

    /// <summary>Memory the frames take, padding and bookkeeping included.</summary>
    public long Bytes { get; private set; }

    /// <summary>Bytes of the longest frame.</summary>
    public int MaxLength { get; private set; }

    public FrameRef this[int index] => _frames[index];

    /// <summary>Copies a frame in.</summary>
    /// <returns>The copy, valid until the store is disposed.</returns>
    public FrameRef Add(ReadOnlySpan<byte> frame, DropCause? malformed = null)
    {
        int size = Math.Max(Line, (frame.Length + Line - 1) & -Line);
        if (size > _left)
        {
            int chunk = Math.Max(ChunkSize, size);
            _free = (byte*)NativeMemory.AlignedAlloc((nuint)chunk, Line);
            _chunks.Add((nint)_free);
            _left = chunk;
        }

        Span<byte> slot = new(_free, size);
        frame.CopyTo(slot);
        slot[frame.Length..].Clear();
        FrameRef copy = new(_free, frame.Length, malformed);
        _frames.Add(copy);
        _free += size;
        _left -= size;
        Bytes += size + sizeof(FrameRef);
        MaxLength = Math.Max(MaxLength, frame.Length);
        return copy;
    }

    public void Dispose()
    {
        foreach (nint chunk in _chunks)
        {
            NativeMemory.AlignedFree((void*)chunk);
        }

        _chunks.Clear();
        _frames.Clear();
        _left = 0;
    }
}
