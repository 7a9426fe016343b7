namespace PollScale.Transports;

/// <summary>A socket that a host stub handed down to this process, which it runs beside itself.</summary>
/// <param name="SocketFd">Inherited SOCK_SEQPACKET descriptor, 0 or more; closed with the transport, or when it cannot be used.</param>
public sealed record SocketOptions(int SocketFd) : FrequencyTransportOptions
{
    /// <summary>Inherited descriptor of a status page, which says that P-states are emulated; -1, the default, for none. Closed in any case.</summary>
    public int StatusPageFd { get; init; } = -1;
}
