using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using PollScale.Native;

namespace PollScale.HostStub.Daemon;

/// <summary>
/// Descriptors that the service manager keeps while this process is restarted (systemd's file descriptor store): what was kept is there at the start by
/// name. Any thread may keep and drop.
/// </summary>
internal sealed class DescriptorStore
{
    private const int First = 3; // SD_LISTEN_FDS_START
    private readonly Lock _gate = new();
    private readonly ServiceNotifier _notifier;
    private readonly Dictionary<string, StreamDescriptor> _found = [];

    /// <summary>Takes what is there.</summary>
    /// <param name="notifier">The service manager.</param>
    /// <param name="variable">Value of an environment variable, or null.</param>
    public DescriptorStore(ServiceNotifier notifier, Func<string, string?> variable)
    {
        _notifier = notifier;
        if (variable("LISTEN_PID") != Environment.ProcessId.ToString(CultureInfo.InvariantCulture)
            || !int.TryParse(variable("LISTEN_FDS"), NumberStyles.None, CultureInfo.InvariantCulture, out int count))
        {
            return;
        }

        string[] names = (variable("LISTEN_FDNAMES") ?? "").Split(':');
        for (int i = 0; i < Math.Min(count, names.Length); i++)
        {
            _ = LibC.fcntl(First + i, LibC.F_SETFD, LibC.FD_CLOEXEC);
            if (!_found.TryAdd(names[i], new StreamDescriptor(First + i)))
            {
                _ = LibC.close(First + i); // a second one of the name was kept by a process that was killed between drop and keep
            }
        }
    }

    /// <summary>True where a service manager may keep descriptors: whether it does, its unit says (FileDescriptorStoreMax=).</summary>
    public bool IsThere => _notifier.IsThere;

    /// <summary>A name that any manager takes, of one that may be any text.</summary>
    public static string NameOf(string kind, string owner) => $"{kind}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(owner)))[..32]}";

    /// <summary>Has a descriptor kept.</summary>
    /// <returns>False when the manager's queue is full: try again.</returns>
    public bool TryKeep(string name, StreamDescriptor descriptor) => _notifier.TrySend($"FDSTORE=1\nFDPOLL=0\nFDNAME={name}", descriptor.Fd);

    /// <summary>Has the descriptors of a name kept no longer.</summary>
    /// <returns>False when the manager's queue is full: try again.</returns>
    public bool TryDrop(string name) => _notifier.TrySend($"FDSTOREREMOVE=1\nFDNAME={name}", -1);

    /// <summary>Takes what was kept under a name out of here; the manager keeps it on.</summary>
    public StreamDescriptor? Take(string name)
    {
        lock (_gate)
        {
            return _found.Remove(name, out StreamDescriptor? descriptor) ? descriptor : null;
        }
    }

    /// <summary>Gives up what nobody has taken, of a kind: its owner is not served any more.</summary>
    public void DropLeft(string kind)
    {
        string[] left;
        lock (_gate)
        {
            left = [.. _found.Keys.Where(name => name.StartsWith($"{kind}-", StringComparison.Ordinal))];
        }

        foreach (string name in left)
        {
            Take(name)?.Dispose();
            TryDrop(name);
        }
    }
}
