namespace PollScale.GuestChannel;

/// <summary>Byte offsets in struct rte_power_channel_packet_caps_list, behind the common head.</summary>
internal static class CapsListLayout
{
    /// <summary>char vm_name[32].</summary>
    public const int VmName = 16;

    /// <summary>u64 turbo[8]: 1 where the vCPU's core has a turbo P-state.</summary>
    public const int Turbo = 48;

    /// <summary>u64 priority[8]: 1 where the vCPU's core is one of the fast ones.</summary>
    public const int Priority = 112;

    /// <summary>u8 num_vcpu.</summary>
    public const int NumVcpu = 176;
}
