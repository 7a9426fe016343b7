namespace PollScale.HostStub.Bench.Paths.ThisHost;

/// <summary>What a VM has for its path.</summary>
internal enum PathDevice
{
    /// <summary>A page that it shares with the host, and its doorbell: no driver is needed.</summary>
    Page,

    /// <summary>A virtio-serial port, whose drivers its kernel has or gets along.</summary>
    Port,
}
