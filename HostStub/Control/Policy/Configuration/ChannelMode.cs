namespace PollScale.HostStub.Policy.Configuration;

/// <summary>What a vCPU's channel is, and which end of its unix socket is ours.</summary>
internal enum ChannelMode
{
    /// <summary>A guest channel; QEMU listens (server=on), we connect.</summary>
    Connect,

    /// <summary>A guest channel; we listen, QEMU connects.</summary>
    Listen,

    /// <summary>ACPI P-states over a debug port: one byte a change, and no answer. QEMU listens (server=on), we connect.</summary>
    Debugcon,
}
