namespace PollScale.Memif;

/// <summary>Buffers of a link to any peer: nothing stands before a frame.</summary>
internal readonly struct BareBuffers : IRingBuffers
{
    public static uint Headroom => 0;

    public static uint Mark => RxPacket.NoStamp;
}
