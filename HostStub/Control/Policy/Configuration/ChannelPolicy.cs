namespace PollScale.HostStub.Policy.Configuration;

/// <summary>The unix socket of a vCPU's virtio-serial port, or of its debug port.</summary>
/// <param name="Mode">Which of them, and our end.</param>
/// <param name="Path">Absolute path, at most 107 bytes in UTF-8.</param>
internal sealed record ChannelPolicy(ChannelMode Mode, string Path)
{
    /// <summary>True for a channel that answers: DPDK's guest channel.</summary>
    public bool IsGuestChannel => Mode != ChannelMode.Debugcon;
}
