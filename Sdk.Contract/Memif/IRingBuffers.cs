namespace PollScale.Memif;

/// <summary>What a ring's buffers have before the frame, known when a queue's loop is compiled.</summary>
internal interface IRingBuffers
{
    /// <summary>Bytes before the frame.</summary>
    static abstract uint Headroom { get; }

    /// <summary>Set in the length of a packet, see <see cref="RxPacket.NoStamp"/>.</summary>
    static abstract uint Mark { get; }
}
