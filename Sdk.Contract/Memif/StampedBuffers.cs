namespace PollScale.Memif;

/// <summary>Buffers of PollScale's own regions: send time and number stand before each frame.</summary>
internal readonly struct StampedBuffers : IRingBuffers
{
    public static uint Headroom => PacketRegionLayout.BufferHeadroom;

    public static uint Mark => 0;
}
