using PollScale.HostStub.Traffic.Frames;
using PollScale.Memif;

namespace PollScale.HostStub.Peer;

/// <summary>A source's frames, each with its stamp. Allocates nothing after it was made.</summary>
internal sealed class StampedFrames
{
    private readonly IFrameSource _source;
    private readonly byte[] _frame;

    /// <param name="source">UDP frames with room for a stamp in their payload.</param>
    public StampedFrames(IFrameSource source)
    {
        _source = source;
        _frame = new byte[source.MaxLength];
    }

    /// <summary>The next frame; the next call overwrites it.</summary>
    /// <param name="sequence">Its number.</param>
    /// <param name="tsc">TSC now.</param>
    public ReadOnlySpan<byte> Next(ulong sequence, ulong tsc)
    {
        ReadOnlySpan<byte> made = _source.Next().Span;
        Span<byte> frame = _frame.AsSpan(0, made.Length);
        made.CopyTo(frame);
        FrameBuilder.LeaveUdpChecksumOut(frame);
        new FrameStamp(sequence, tsc).Write(frame);
        return frame;
    }

    /// <summary>Leaves one out.</summary>
    public void Skip() => _source.Next();
}
