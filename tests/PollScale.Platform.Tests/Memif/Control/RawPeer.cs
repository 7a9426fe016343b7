using PollScale.Memif.Control;
using PollScale.Native;
using Xunit;

namespace PollScale.Tests.Memif.Control;

/// <summary>A peer that sends what a test wants, message by message.</summary>
internal sealed class RawPeer(StreamDescriptor socket) : IDisposable
{
    private readonly ControlSocket _socket = new(socket);

    /// <summary>Connects, and takes the master's HELLO.</summary>
    public static RawPeer Slave(string path)
    {
        RawPeer peer = Connect(path);
        Assert.Equal(MessageType.Hello, ControlMessage.Type(peer.Receive()));
        return peer;
    }

    /// <summary>Connects, and leaves the master's HELLO there.</summary>
    public static RawPeer Connect(string path) => new(UnixSocket.TryConnect(path, out int error, packets: true) ?? throw new IOException($"errno {error}"));

    /// <summary>Takes the next slave that connects.</summary>
    public static RawPeer Master(StreamDescriptor listener)
    {
        Assert.True(listener.WaitReadable(20_000));
        return new RawPeer(UnixSocket.TryAccept(listener)!);
    }

    public bool Send(ReadOnlySpan<byte> message, params int[] descriptors) => PassedDescriptors.Send(_socket.Descriptor.Fd, message, descriptors) == message.Length;

    /// <summary>Whether nothing comes for a while.</summary>
    public bool IsSilent(int milliseconds) => !_socket.Descriptor.WaitReadable(milliseconds);

    /// <summary>The next message; empty when the peer hangs up.</summary>
    public byte[] Receive()
    {
        Assert.True(_socket.Descriptor.WaitReadable(20_000), "the peer says nothing");
        byte[] message = new byte[ControlMessage.Size];
        int taken = _socket.Receive(message, out int[] descriptors);
        foreach (int descriptor in descriptors)
        {
            _ = LibC.close(descriptor);
        }

        return taken > 0 ? message : [];
    }

    /// <summary>Sends, and takes an ACK.</summary>
    public void Say(byte[] message, params int[] descriptors)
    {
        Assert.True(Send(message, descriptors));
        byte[] answer = Receive();
        Assert.True(answer.Length > 0 && ControlMessage.Type(answer) == MessageType.Ack, answer.Length == 0 ? "hung up" : $"{ControlMessage.Type(answer)} {Disconnect.Read(answer).Reason}");
    }

    /// <summary>Waits for DISCONNECT and the end.</summary>
    /// <returns>The reason.</returns>
    public string AwaitRefusal()
    {
        byte[] answer = Receive();
        Assert.NotEmpty(answer);
        Assert.Equal(MessageType.Disconnect, ControlMessage.Type(answer));
        Assert.Empty(Receive());
        return Disconnect.Read(answer).Reason;
    }

    public void Dispose() => _socket.Dispose();
}
