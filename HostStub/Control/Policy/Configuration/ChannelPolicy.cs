namespace PollScale.HostStub.Policy.Configuration;

/// <summary>The unix socket of a vCPU's virtio-serial port.</summary>
/// <param name="Mode">Our end.</param>
/// <param name="Path">Absolute path, at most 107 bytes in UTF-8.</param>
internal sealed record ChannelPolicy(ChannelMode Mode, string Path);
