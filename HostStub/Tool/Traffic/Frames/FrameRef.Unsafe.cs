using PollScale.Telemetry;

namespace PollScale.HostStub.Traffic.Frames;

/// <summary>A frame in a <see cref="FrameStore"/>.</summary>
// SAFETY: the store that owns the bytes outlives its frames, and never moves them.
internal readonly unsafe struct FrameRef
{
    private readonly int _cause;

    public FrameRef(byte* data, int length, DropCause? malformed)
    {
        Data = data;
        Length = length;
        _cause = malformed is { } cause ? (int)cause : -1;
    }

    /// <summary>First byte; at least 64 bytes are readable.</summary>
    public byte* Data { get; }

    /// <summary>Bytes, without FCS.</summary>
    public int Length { get; }

    /// <summary>Why a forwarder must drop it, as a <see cref="DropCause"/>; -1 for a frame that nothing is wrong with as far as its maker knows.</summary>
    public int Cause => _cause;

    public ReadOnlySpan<byte> Span => new(Data, Length);
}
