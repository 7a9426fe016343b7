using System.Runtime.CompilerServices;

namespace PollScale.Memif;

/// <summary>One received packet, in the shared buffer it arrived in. Valid until it is released.</summary>
// SAFETY: made by RxQueue only, which has checked that the frame, and its headroom where it has one, lie in a region.
internal readonly unsafe struct RxPacket
{
    /// <summary>Set in the length of a packet without stamp.</summary>
    internal const uint NoStamp = 1u << 31;

    private readonly byte* _frame;
    private readonly uint _length;

    /// <param name="frame">First byte.</param>
    /// <param name="length">Bytes, with <see cref="NoStamp"/> where no stamp stands before them.</param>
    internal RxPacket(byte* frame, uint length)
    {
        _frame = frame;
        _length = length;
    }

    /// <summary>False when a descriptor pointed outside its region, or its chain was not whole or too long: count it as a bad descriptor and release it.</summary>
    public bool IsValid
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _frame != null;
    }

    /// <summary>First byte of the Ethernet frame; null when the packet is not valid.</summary>
    public byte* Frame
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _frame;
    }

    /// <summary>Bytes of the frame, 0 .. <see cref="RxQueue.MaxFrame"/>.</summary>
    public int Length
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (int)(_length & ~NoStamp);
    }

    /// <summary>The frame; empty when the packet is not valid.</summary>
    public Span<byte> Span => new(_frame, Length);

    /// <summary>Send time and number stand before the frame, as in PollScale's own regions; a foreign peer's buffers have none, see <see cref="FrameStamp"/>.</summary>
    public bool IsStamped
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (_length & NoStamp) == 0;
    }

    /// <summary>TSC at which the frame was offered; 0 unless it is stamped. Only for a valid packet.</summary>
    public ulong SendTsc
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => IsStamped ? *(ulong*)(_frame - PacketRegionLayout.BufferHeadroom + PacketRegionLayout.SendTscOffset) : 0;
    }

    /// <summary>Sequence number of the frame; 0 unless it is stamped. Only for a valid packet.</summary>
    public ulong Sequence
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => IsStamped ? *(ulong*)(_frame - PacketRegionLayout.BufferHeadroom + PacketRegionLayout.SequenceOffset) : 0;
    }
}
