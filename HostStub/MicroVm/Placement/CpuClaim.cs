using System.Globalization;
using System.Net.Sockets;

namespace PollScale.HostStub.Placement;

/// <summary>Says to other processes that a guest polls on a CPU, for as long as it is held: two there get half of it each.</summary>
/// <remarks>A unix socket in the abstract name space, which goes with the process whatever ends it. A notice hangs on it and nothing else, for any process may take the name.</remarks>
internal sealed class CpuClaim : IDisposable
{
    private readonly Socket? _socket;

    private CpuClaim(Socket? socket, bool isShared)
    {
        _socket = socket;
        IsShared = isShared;
    }

    /// <summary>Another process polls there already.</summary>
    public bool IsShared { get; }

    /// <summary>Claims a CPU.</summary>
    public static CpuClaim Take(int cpu)
    {
        Socket? socket = null;
        try
        {
            socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            socket.Bind(new UnixDomainSocketEndPoint(string.Create(CultureInfo.InvariantCulture, $"\0pollscale/cpu/{cpu}")));
            return new CpuClaim(socket, isShared: false);
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            return new CpuClaim(null, e.SocketErrorCode == SocketError.AddressAlreadyInUse);
        }
    }

    public void Dispose() => _socket?.Dispose();
}
