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
            _pty = new PseudoTerminal();
            Link(renewing: false);
        }
        catch (Exception e) when (e is Win32Exception or IOException or UnauthorizedAccessException)
        {
            _pty?.Dispose();
            _pty = null;
            throw Unmade(e);
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

    public string? Lost() => Target() is not string target ? $"{path} is gone" : target != SlavePath ? $"{path} leads to {target} now" : null;

    public void Renew()
    {
        try
        {
            Link(renewing: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unmade(e);
        }
    }

    public void Dispose()
    {
        if (_pty is null)
        {
            return;
        }

        bool ours = Lost() is null;
        _pty.Dispose();
        _pty = null;
        if (ours)
        {
            File.Delete(path);
        }

        if (_madeFolder is not null && Directory.Exists(_madeFolder) && !Directory.EnumerateFileSystemEntries(_madeFolder).Any())
        {
            Directory.Delete(_madeFolder);
        }
    }

    private string? Target() => new FileInfo(path).LinkTarget;

    private ChannelException Unmade(Exception e) => new($"The channel {Name} cannot be made: {e.Message} Its folder must be writable, and nothing may be at the path.", e);

    private void Link(bool renewing)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder);
            _madeFolder = folder;
        }

        // A link into /dev/pts is one that a killed daemon left behind; anything else is not ours to remove. One that came in place of ours is
        // another daemon's as long as its device is there: two that take it from each other would serve nobody.
        if (Target() is string target && target.StartsWith("/dev/pts/", StringComparison.Ordinal) && !(renewing && File.Exists(target)))
        {
            File.Delete(path);
        }

        File.CreateSymbolicLink(path, _pty!.SlavePath);
    }
}
