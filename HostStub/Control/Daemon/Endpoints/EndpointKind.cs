namespace PollScale.HostStub.Daemon.Endpoints;

/// <summary>Kinds of channel endpoints.</summary>
internal enum EndpointKind
{
    /// <summary>A unix socket that QEMU listens on (server=on).</summary>
    Connect,

    /// <summary>A unix socket that QEMU connects to.</summary>
    Listen,

    /// <summary>A character device or the pty of QEMU's -chardev pty.</summary>
    Device,

    /// <summary>A pty that hoststub makes, with a link to it at the path.</summary>
    Pty,
}
