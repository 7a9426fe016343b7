using System.Globalization;
using System.Net.Sockets;
using System.Text;
using PollScale.Native;

namespace PollScale.HostStub.Daemon;

/// <summary>Tells systemd how the service is (sd_notify): datagrams to the socket that NOTIFY_SOCKET names. Without it every call does nothing.</summary>
internal sealed class ServiceNotifier : IDisposable
{
    private readonly Socket? _socket;

    /// <summary>Reads the environment.</summary>
    /// <param name="variable">Value of an environment variable, or null.</param>
    public ServiceNotifier(Func<string, string?> variable)
    {
        string? path = variable("NOTIFY_SOCKET");
        if (string.IsNullOrEmpty(path))
        {
            return;
        }

        Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        try
        {
            // A leading @ stands for the NUL of an abstract address.
            socket.Connect(new UnixDomainSocketEndPoint(path[0] == '@' ? "\0" + path[1..] : path));
            socket.Blocking = false; // a manager that reads nothing holds nobody up
            _socket = socket;
        }
        catch (SocketException)
        {
            socket.Dispose(); // not a reason to refuse service; systemd's start time-out tells
        }

        bool mine = variable("WATCHDOG_PID") is not string pid || pid == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        if (_socket is not null && mine && long.TryParse(variable("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out long us) && us > 0)
        {
            WatchdogPeriod = TimeSpan.FromMicroseconds(us / 2.0);
        }
    }

    /// <summary>How often <see cref="Alive"/> is to be called: half of what systemd allows; null when no watchdog is set.</summary>
    public TimeSpan? WatchdogPeriod { get; }

    /// <summary>True where somebody is told.</summary>
    public bool IsThere => _socket is not null;

    /// <summary>Channels are served.</summary>
    public void Ready(string status) => Send($"READY=1\nSTATUS={status}");

    /// <summary>A configuration is being read again.</summary>
    public void Reloading() =>
        Send($"RELOADING=1\nMONOTONIC_USEC={(long)(System.Diagnostics.Stopwatch.GetTimestamp() / (System.Diagnostics.Stopwatch.Frequency / 1e6))}");

    /// <summary>The end begins.</summary>
    public void Stopping() => Send("STOPPING=1");

    /// <summary>The main thread works, and every shard's does or waits for its core's files.</summary>
    public void Alive() => Send("WATCHDOG=1");

    /// <inheritdoc/>
    public void Dispose() => _socket?.Dispose();

    /// <summary>Sends a message, perhaps with a descriptor.</summary>
    /// <param name="message">The message.</param>
    /// <param name="descriptor">Stays open here; below 0 for none.</param>
    /// <returns>False when the manager's queue is full; true also where nobody listens.</returns>
    public bool TrySend(string message, int descriptor) =>
        _socket is null || PassedDescriptors.Send((int)_socket.Handle, Encoding.UTF8.GetBytes(message), descriptor < 0 ? [] : [descriptor]) is not (-LibC.EAGAIN or -LibC.ETOOMANYREFS);

    private void Send(string message)
    {
        try
        {
            _socket?.Send(Encoding.UTF8.GetBytes(message));
        }
        catch (SocketException)
        {
            // The manager is gone or its queue full: the next datagram may do better.
        }
    }
}
