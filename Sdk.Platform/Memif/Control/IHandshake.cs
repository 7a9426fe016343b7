namespace PollScale.Memif.Control;

/// <summary>One side of the making of a link: messages in, answers out, a link in the end. Does no input or output of its own.</summary>
internal interface IHandshake : IDisposable
{
    /// <summary>The port that the link is for; null before the peer has named it.</summary>
    MemifPort? Port { get; }

    /// <summary>The link, once both sides have said that they are connected; from then on its owner disposes it.</summary>
    MemifLink? Link { get; }

    /// <summary>What the peer calls itself, for messages.</summary>
    string Peer { get; }

    /// <summary>What is said before the peer has spoken; null for nothing.</summary>
    byte[]? Greeting { get; }

    /// <summary>Takes a message.</summary>
    /// <param name="message">All of its 128 bytes.</param>
    /// <param name="descriptor">The descriptor that came along, which stays the caller's; -1 for none.</param>
    /// <returns>The answer, with a descriptor to send along or -1; null for none.</returns>
    /// <exception cref="MemifRefusal">The peer is refused.</exception>
    (byte[] Message, int Descriptor)? Take(ReadOnlySpan<byte> message, int descriptor);
}
