namespace PollScale.HostStub.Policy.Configuration;

/// <summary>One vCPU of a guest, and the one pCPU it is pinned to.</summary>
internal sealed record VcpuPolicy
{
    /// <summary>Number of the vCPU in its guest, 0 .. 1023.</summary>
    public required int Vcpu { get; init; }

    /// <summary>Number of the pCPU, 0 .. 1023.</summary>
    public required int Pcpu { get; init; }

    /// <summary>Where its DPDK guest channel is; null when it calls another way.</summary>
    public ChannelPolicy? Channel { get; init; }

    /// <summary>Where the pCPU is named.</summary>
    public FilePosition At { get; init; }
}
