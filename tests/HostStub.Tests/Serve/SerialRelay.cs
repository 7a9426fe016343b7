using PollScale.HostStub.Daemon.Endpoints;
using PollScale.Native;
using Xunit;

namespace PollScale.HostStub.Tests.Serve;

/// <summary>What QEMU does for a virtserialport: bytes between the guest's device, here a pty, and a unix socket that it listens on.</summary>
internal sealed class SerialRelay : IDisposable
{
    private readonly PtyEndpoint _port;
    private readonly StreamDescriptor _listener;
    private readonly Thread _thread;
    private volatile bool _stop;

    public SerialRelay(string port, string socket)
    {
        _port = new PtyEndpoint(port);
        _port.Prepare();
        _listener = UnixSocket.Listen(socket);
        _thread = new Thread(Relay) { Name = "relay" };
        _thread.Start();
    }

    public void Dispose()
    {
        _stop = true;
        _thread.Join();
        _listener.Dispose();
        _port.Dispose();
    }

    private void Relay()
    {
        using StreamDescriptor guest = _port.TryOpen(out _)!;
        StreamDescriptor? host = null;
        byte[] buffer = new byte[777]; // no multiple of a packet: packets are cut anywhere
        while (!_stop)
        {
            host ??= UnixSocket.TryAccept(_listener);
            bool moved = host is not null && (Move(guest, host) | Move(host, guest));
            if (!moved)
            {
                Thread.Sleep(1);
            }
        }

        host?.Dispose();

        bool Move(StreamDescriptor from, StreamDescriptor to)
        {
            int read = from.Read(buffer);
            for (int done = 0; done < read && !_stop;)
            {
                int written = to.Write(buffer.AsSpan(done, read - done));
                Assert.True(written > 0 || written == -LibC.EAGAIN);
                done += Math.Max(0, written);
            }

            return read > 0;
        }
    }
}
