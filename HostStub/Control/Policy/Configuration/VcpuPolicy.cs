namespace PollScale.HostStub.Policy.Configuration;

/// <summary>One vCPU of a guest, and the one pCPU it is pinned to.</summary>
internal sealed record VcpuPolicy
{
    /// <summary>Number of the vCPU in its guest, 0 .. 1023.</summary>
    public required int Vcpu { get; init; }

    /// <summary>Number of the pCPU, 0 .. 1023.</summary>
    public required int Pcpu { get; init; }

    /// <summary>Where its DPDK guest channel or its debug port is; null when it calls another way.</summary>
    public ChannelPolicy? Channel { get; init; }

    /// <summary>The x2APIC id by which a process of the guest finds itself on this vCPU; null, the default, for the vCPU's number.</summary>
    public uint? ApicId { get; init; }

    /// <summary>The x2APIC id that counts.</summary>
    public uint X2ApicId => ApicId ?? (uint)Vcpu;

    /// <summary>What an operator holds it to for the time being; null, the default, for nothing. Not of the file.</summary>
    public OperatorBounds? Operator { get; init; }

    /// <summary>Where the pCPU is named.</summary>
    public FilePosition At { get; init; }
}
