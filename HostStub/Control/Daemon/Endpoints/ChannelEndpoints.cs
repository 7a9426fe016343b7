namespace PollScale.HostStub.Daemon.Endpoints;

/// <summary>Makes endpoints by kind.</summary>
internal static class ChannelEndpoints
{
    public static IChannelEndpoint Make(EndpointKind kind, string path) => kind switch
    {
        EndpointKind.Connect => new ConnectEndpoint(path),
        EndpointKind.Listen => new ListenEndpoint(path),
        EndpointKind.Device => new DeviceEndpoint(path),
        EndpointKind.Pty => new PtyEndpoint(path),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a kind of endpoint"),
    };
}
