using System.ComponentModel;
using PollScale.Native;

namespace PollScale.HostStub.Daemon.Endpoints;

/// <summary>A unix socket that QEMU connects to. A socket left over by a daemon that was killed is replaced.</summary>
internal sealed class ListenEndpoint(string path) : IChannelEndpoint
{
    // The owner and the group of the socket's folder decide who may connect.
    private const uint Mode = 0x1B0; // 0660

    private readonly Lock _gate = new();
    private PathIdentity? _made;

    public string Name => $"listen:{path}";

    public StreamDescriptor? Listener { get; private set; }

    public void Prepare()
    {
        try
        {
            RemoveLeftover(path);
            StreamDescriptor listener = UnixSocket.Listen(path, Mode);
            lock (_gate)
            {
                _made = PathIdentity.Of(path);
            }

            Listener = listener;
        }
        catch (Exception e) when (e is Win32Exception or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ChannelException($"The channel {Name} cannot be made: {e.Message} Check that its folder exists and is writable, and that no other daemon serves it.", e);
        }
    }

    public StreamDescriptor? TryOpen(out string? problem)
    {
        int error = 0;
        StreamDescriptor? stream = Listener is null ? null : UnixSocket.TryAccept(Listener, out error);
        problem = error == 0 ? null : $"a guest waits at {path} and cannot be let in: {LibC.strerror(error)}. {ChannelResources.Remedy(error)}";
        return stream;
    }

    public string? Lost()
    {
        PathIdentity? made;
        lock (_gate)
        {
            made = _made;
        }

        return made is null || PathIdentity.Of(path) is not PathIdentity there ? $"{path} is gone"
            : there != made ? $"{path} is another program's now"
            : null;
    }

    public void Renew()
    {
        StreamDescriptor? old = Listener;
        Prepare();
        old?.Dispose(); // nobody can have connected to it since its name went
    }

    public void Dispose()
    {
        if (Listener is not null)
        {
            Listener.Dispose();
            Listener = null;
            if (Lost() is null)
            {
                File.Delete(path);
            }
        }
    }

    /// <summary>Removes the socket of a daemon that was killed; one that is listened on, and whatever is no socket, stays.</summary>
    internal static void RemoveLeftover(string path)
    {
        // Only a socket that refuses connections is nobody's.
        using StreamDescriptor? alive = UnixSocket.TryConnect(path, out int error);
        if (error == LibC.ECONNREFUSED && (File.GetAttributes(path) & (FileAttributes.Directory | FileAttributes.ReparsePoint)) == 0 && new FileInfo(path).Length == 0)
        {
            File.Delete(path);
        }
    }
}
