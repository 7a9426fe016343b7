using System.ComponentModel;
using Microsoft.Win32.SafeHandles;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Daemon.Endpoints;
using PollScale.HostStub.Operate.Protocol;
using PollScale.Native;

namespace PollScale.HostStub.Serve.Operators;

/// <summary>
/// The socket that operators connect to, in a folder that nobody else may write. A lock beside it says that a daemon has it, so that what a killed one left is
/// replaced, and a running one's never is.
/// </summary>
internal sealed class OperatorSocket : IDisposable
{
    private const uint Mode = 0x1B0, FolderMode = 0x1ED; // 0660, 0755
    private const int Waiting = 64;
    private readonly SafeFolder _folder;
    private readonly SafeFileHandle _lock;
    private readonly string _name;
    private readonly PathIdentity? _made;

    /// <summary>Makes it.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="group">The group that may use it; null for that of its folder.</param>
    /// <param name="makesFolder">Make its folder where there is none.</param>
    /// <exception cref="ChannelException">It cannot be made; the message says why and what to do.</exception>
    public OperatorSocket(string path, uint? group, bool makesFolder = false)
    {
        Path = System.IO.Path.GetFullPath(path);
        _name = System.IO.Path.GetFileName(Path);
        SafeFolder? folder = null;
        SafeFileHandle? hold = null;
        try
        {
            UnixSocket.CheckPath(Path);
            folder = new SafeFolder(System.IO.Path.GetDirectoryName(Path)!, makesFolder ? FolderMode : null);
            hold = folder.OpenPrivate($"{_name}.lock");
            if (!FileHold.TryTake((int)hold.DangerousGetHandle()))
            {
                throw new IOException($"another hoststub serve has it{(FileHold.FindHolder((int)hold.DangerousGetHandle()) is > 0 and int pid ? $", process {pid}" : "")}.");
            }

            ListenEndpoint.RemoveLeftover(Path);
            Group = group ?? FileFacts.At(folder.Path)?.Gid ?? LibC.getegid();
            Listener = UnixSocket.Listen(Path, Mode, waiting: Waiting, group: Group);
            _made = PathIdentity.Of(Path);
            (_folder, _lock) = (folder, hold);
        }
        catch (Exception e) when (e is Win32Exception or IOException or UnauthorizedAccessException or ArgumentException)
        {
            hold?.Dispose();
            folder?.Dispose();
            Listener?.Dispose();
            throw new ChannelException($"The control socket {Path} cannot be made: {e.Message}{(group is uint g ? $" Its group is to be {ControlPath.GroupName(g)}, which this user must be in." : "")} Name another (--control PATH), or do without (--control off).", e);
        }
    }

    /// <summary>Its full path.</summary>
    public string Path { get; }

    /// <summary>The group that may use it.</summary>
    public uint Group { get; }

    /// <summary>The listening socket.</summary>
    public StreamDescriptor Listener { get; }

    /// <summary>Whether one who connected may ask: root, this user, or one of the group. The socket's mode says the same; a path may have been opened up, and a descriptor handed on.</summary>
    public bool Admits(SocketPeer peer) => peer.User == 0 || peer.User == LibC.geteuid() || peer.IsIn(Group);

    /// <inheritdoc/>
    public void Dispose()
    {
        Listener.Dispose();
        try
        {
            if (PathIdentity.Of(Path) == _made)
            {
                _folder.Delete(_name);
            }
        }
        catch (IOException)
        {
            // the next daemon replaces it
        }

        _lock.Dispose();
        _folder.Dispose();
    }
}
