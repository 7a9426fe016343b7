using System.ComponentModel;
using PollScale.Native;

namespace PollScale.HostStub.Daemon.Endpoints;

/// <summary>
/// A pty made here, with a symbolic link to it: at the path that librte_power opens, an unmodified DPDK program of a container or of bare
/// metal finds its guest channel.
/// </summary>
internal sealed class PtyEndpoint(string path) : IChannelEndpoint
{
    private PseudoTerminal? _pty;
    private bool _given;
    private string? _madeFolder;

    public string Name => $"pty:{path}";

    public StreamDescriptor? Listener => null;

    /// <summary>The device behind the link.</summary>
    public string? SlavePath => _pty?.SlavePath;

    public void Prepare()
    {
        try
        {
            string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            if (!Directory.Exists(folder))
            {
                Directory.CreateDirectory(folder);
                _madeFolder = folder;
            }

            // A link into /dev/pts is one that a killed daemon left behind; anything else is not ours to remove.
            FileInfo left = new(path);
            if (left.LinkTarget?.StartsWith("/dev/pts/", StringComparison.Ordinal) == true)
            {
                left.Delete();
            }

            _pty = new PseudoTerminal();
            File.CreateSymbolicLink(path, _pty.SlavePath);
        }
        catch (Exception e) when (e is Win32Exception or IOException or UnauthorizedAccessException)
        {
            _pty?.Dispose();
            _pty = null;
            throw new ChannelException($"The channel {Name} cannot be made: {e.Message} Its folder must be writable, and nothing may be at the path.", e);
        }
    }

    public StreamDescriptor? TryOpen(out string? problem)
    {
        problem = _given ? $"the pty at {path} failed; restart hoststub." : null;
        if (_given)
        {
            return null;
        }

        _given = true;
        return _pty?.Master;
    }

    // Unlike a virtio-serial port, a pty keeps what its last reader left.
    public bool Reopened()
    {
        _pty?.DiscardUnread();
        return true;
    }

    public void Dispose()
    {
        if (_pty is null)
        {
            return;
        }

        _pty.Dispose();
        _pty = null;
        File.Delete(path);
        if (_madeFolder is not null && !Directory.EnumerateFileSystemEntries(_madeFolder).Any())
        {
            Directory.Delete(_madeFolder);
        }
    }
}
