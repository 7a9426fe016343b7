namespace PollScale.HostStub.Policy.Configuration;

/// <summary>Which end of a guest channel's unix socket is ours.</summary>
internal enum ChannelMode
{
    /// <summary>QEMU listens (server=on), we connect.</summary>
    Connect,

    /// <summary>We listen, QEMU connects.</summary>
    Listen,
}
