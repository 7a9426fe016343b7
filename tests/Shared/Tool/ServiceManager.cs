using System.Net.Sockets;
using System.Text;
using PollScale.Native;

namespace PollScale.Tests.Shared.Tool;

/// <summary>Stands for systemd: takes notifications, and keeps descriptors by name for the next start.</summary>
internal sealed class ServiceManager : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly Dictionary<string, int> _kept = [];
    private readonly string _path;

    /// <param name="path">Where its socket is to be.</param>
    public ServiceManager(string path)
    {
        _path = path;
        _socket.Bind(new UnixDomainSocketEndPoint(path));
        _socket.Blocking = false;
    }

    /// <summary>What it sets for a service.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string> { ["NOTIFY_SOCKET"] = _path };

    /// <summary>What it keeps now.</summary>
    public IReadOnlyList<(string Name, int Fd)> Kept
    {
        get
        {
            Take();
            return [.. _kept.Select(pair => (pair.Key, pair.Value))];
        }
    }

    public void Dispose()
    {
        foreach (int fd in _kept.Values)
        {
            _ = LibC.close(fd);
        }

        _socket.Dispose();
        File.Delete(_path);
    }

    private void Take()
    {
        byte[] bytes = new byte[4096];
        while (PassedDescriptors.Receive((int)_socket.Handle, bytes, out int[] descriptors) is > 0 and int length)
        {
            Dictionary<string, string> said = Encoding.UTF8.GetString(bytes, 0, length).Split('\n').Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
            if (said.ContainsKey("FDSTORE"))
            {
                Remove(said["FDNAME"]);
                _kept[said["FDNAME"]] = descriptors[0];
            }
            else if (said.ContainsKey("FDSTOREREMOVE"))
            {
                Remove(said["FDNAME"]);
            }
        }
    }

    private void Remove(string name)
    {
        if (_kept.Remove(name, out int fd))
        {
            _ = LibC.close(fd);
        }
    }
}
