using System.Runtime.CompilerServices;

namespace PollScale.Memif;

/// <summary>One received packet, in the shared buffer it arrived in. Valid until it is released.</summary>
// SAFETY: made by RxQueue only, which has checked that frame and headroom lie in the region.
internal readonly unsafe struct RxPacket
{
    private readonly byte* _frame;

    internal RxPacket(byte* frame, int length)
    {
        _frame = frame;
        Length = length;
    }

    /// <summary>False when the descriptor pointed outside the region or was part of a chain: count it as a bad descriptor and release it.</summary>
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

    /// <summary>Bytes of the frame, 0 .. <see cref="PacketRegionLayout.MaxFrame"/>.</summary>
    public int Length { get; }

    /// <summary>The frame; empty when the packet is not valid.</summary>
    public Span<byte> Span => new(_frame, Length);

    /// <summary>TSC at which the frame was offered. Only for a valid packet.</summary>
    public ulong SendTsc
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => *(ulong*)(_frame - PacketRegionLayout.BufferHeadroom + PacketRegionLayout.SendTscOffset);
    }

    /// <summary>Sequence number of the frame. Only for a valid packet.</summary>
    public ulong Sequence
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => *(ulong*)(_frame - PacketRegionLayout.BufferHeadroom + PacketRegionLayout.SequenceOffset);
    }
}
