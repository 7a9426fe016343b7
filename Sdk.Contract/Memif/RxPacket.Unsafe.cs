using System.Runtime.CompilerServices;

namespace PollScale.Memif;

/// <summary>
/// One received packet, in the shared buffer it arrived in. Valid until it is released, and no longer than its link: a packet that is used after
/// <c>MemifPort.Poll</c> returned false, or after the port was disposed, lies in memory that is gone, and ends the process.
/// </summary>
// SAFETY: made by RxQueue only, which has checked that the frame, and its headroom where it has one, lie in a region; the default is no packet, of 0 bytes.
public readonly unsafe struct RxPacket
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

    /// <summary>
    /// The Ethernet frame, without FCS, 0 .. <see cref="RxQueue.MaxFrame"/> bytes; empty when the packet is not valid. It may be changed in place before it is sent on.
    /// The peer can change it at any time too: what is checked and used afterwards must be copied first.
    /// </summary>
    public Span<byte> Span => new(_frame, Length);

    /// <summary>First byte of the Ethernet frame; null when the packet is not valid.</summary>
    internal byte* Frame
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _frame;
    }

    /// <summary>Bytes of the frame.</summary>
    internal int Length
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (int)(_length & ~NoStamp);
    }

    /// <summary>Bytes of the frame, and <see cref="NoStamp"/>: beyond each length where no stamp stands before it.</summary>
    internal uint MarkedLength
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _length;
    }

    /// <summary>Send time and number stand before the frame, as in PollScale's own regions; a foreign peer's buffers have none, see <see cref="FrameStamp"/>.</summary>
    internal bool IsStamped
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (_length & NoStamp) == 0;
    }

    /// <summary>TSC at which the frame was offered; 0 unless it is stamped. Only for a valid packet.</summary>
    internal ulong SendTsc
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => IsStamped ? *(ulong*)(_frame - PacketRegionLayout.BufferHeadroom + PacketRegionLayout.SendTscOffset) : 0;
    }

    /// <summary>Sequence number of the frame; 0 unless it is stamped. Only for a valid packet.</summary>
    internal ulong Sequence
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => IsStamped ? *(ulong*)(_frame - PacketRegionLayout.BufferHeadroom + PacketRegionLayout.SequenceOffset) : 0;
    }
}
