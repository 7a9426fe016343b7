using System.ComponentModel;
using PollScale.Native;

namespace PollScale.HostStub.Daemon.Endpoints;

/// <summary>A unix socket that QEMU connects to. A socket left over by a daemon that was killed is replaced.</summary>
internal sealed class ListenEndpoint(string path) : IChannelEndpoint
{
    // The owner and the group of the socket's folder decide who may connect.
    private const uint Mode = 0x1B0; // 0660

    public string Name => $"listen:{path}";

    public StreamDescriptor? Listener { get; private set; }

    public void Prepare()
    {
        try
        {
            RemoveLeftover();
            Listener = UnixSocket.Listen(path);
            if (LibC.chmod(path, Mode) != 0)
            {
                throw Errno.Failure($"chmod of {path}");
            }
        }
        catch (Exception e) when (e is Win32Exception or IOException or UnauthorizedAccessException)
        {
            throw new ChannelException($"The channel {Name} cannot be made: {e.Message} Check that its folder exists and is writable, and that no other daemon serves it.", e);
        }
    }

    public StreamDescriptor? TryOpen(out string? problem)
    {
        problem = null;
        return Listener is null ? null : UnixSocket.TryAccept(Listener);
    }

    public void Dispose()
    {
        if (Listener is not null)
        {
            Listener.Dispose();
            Listener = null;
            File.Delete(path);
        }
    }

    private void RemoveLeftover()
    {
        // Only a socket that refuses connections is nobody's.
        using StreamDescriptor? alive = UnixSocket.TryConnect(path, out int error);
        if (error == LibC.ECONNREFUSED && (File.GetAttributes(path) & (FileAttributes.Directory | FileAttributes.ReparsePoint)) == 0 && new FileInfo(path).Length == 0)
        {
            File.Delete(path);
        }
    }
}
