using PollScale.Native;

namespace PollScale.Memif.Control;

/// <summary>A connected control socket: whole messages, each with at most one descriptor. Never waits.</summary>
internal sealed class ControlSocket(StreamDescriptor socket) : IDisposable
{
    /// <summary>The socket.</summary>
    public StreamDescriptor Descriptor => socket;

    /// <summary>Sends a message.</summary>
    /// <returns>False when the peer is gone, or takes nothing any more.</returns>
    public bool TrySend(ReadOnlySpan<byte> message, int descriptor = -1) =>
        PassedDescriptors.Send(socket.Fd, message, descriptor < 0 ? [] : [descriptor]) == message.Length;

    /// <summary>Takes what the peer sent.</summary>
    /// <param name="message">Room for one byte more than a message has, so that a longer one is told.</param>
    /// <param name="descriptors">Descriptors that came along, the caller's to close.</param>
    /// <returns>Bytes; 0 when the peer has hung up, or -EAGAIN when nothing is there.</returns>
    public int Receive(Span<byte> message, out int[] descriptors)
    {
        int taken = PassedDescriptors.Receive(socket.Fd, message, out descriptors);

        // A peer that closes with a message of ours unread gives an error first, and then what it had said.
        return taken is -LibC.ECONNRESET ? PassedDescriptors.Receive(socket.Fd, message, out descriptors) : taken;
    }

    public void Dispose() => socket.Dispose();
}
