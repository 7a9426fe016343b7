using PollScale.Native;

namespace PollScale.HostStub.Daemon.Endpoints;

/// <summary>A unix socket that QEMU listens on: -chardev socket,path=...,server=on,wait=off.</summary>
internal sealed class ConnectEndpoint(string path) : IChannelEndpoint
{
    public string Name => $"connect:{path}";

    /// <summary>The socket's path.</summary>
    public string Path => path;

    public StreamDescriptor? Listener => null;

    public void Prepare()
    {
    }

    public StreamDescriptor? TryOpen(out string? problem)
    {
        StreamDescriptor? stream = UnixSocket.TryConnect(path, out int error);
        problem = error == 0 ? null : Describe(path, error);
        return stream;
    }

    /// <summary>Why QEMU's socket cannot be connected to, and what to do.</summary>
    /// <param name="path">The socket.</param>
    /// <param name="error">The error number.</param>
    public static string Describe(string path, int error) => error switch
    {
        LibC.ENOENT => $"{path} does not exist: is the VM running, with server=on?",
        LibC.ECONNREFUSED => $"nobody listens on {path}: the VM has gone, or has no server=on.",
        LibC.EACCES => $"{path}: permission denied; give hoststub's user access to the socket and its folder.",
        LibC.EAGAIN => $"{path} is taken: QEMU serves one connection, and another program has it.",
        LibC.EMFILE or LibC.ENFILE => $"connecting to {path}: {LibC.strerror(error)}. {ChannelResources.Remedy(error)}",
        _ => $"connecting to {path}: {LibC.strerror(error)}.",
    };

    public void Dispose()
    {
    }
}
