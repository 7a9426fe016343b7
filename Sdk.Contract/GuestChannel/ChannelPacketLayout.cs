namespace PollScale.GuestChannel;

/// <summary>Byte offsets in struct rte_power_channel_packet; named after its fields.</summary>
internal static class ChannelPacketLayout
{
    /// <summary>u64 resource_id: the lcore, or a host core where <see cref="CoreType"/> is 1.</summary>
    public const int ResourceId = 0;

    /// <summary>u32 unit: a <see cref="ScaleUnit"/>.</summary>
    public const int Unit = 8;

    /// <summary>u32 command: a <see cref="ChannelCommand"/>, in replies a <see cref="ReplyCommand"/>.</summary>
    public const int Command = 12;

    /// <summary>char vm_name[32].</summary>
    public const int VmName = 16;

    /// <summary>u64 vfid[10]: MAC addresses of a traffic policy.</summary>
    public const int Vfid = 48;

    /// <summary>int nb_mac_to_monitor.</summary>
    public const int NbMacToMonitor = 128;

    /// <summary>Three u32 of traffic_policy.</summary>
    public const int TrafficPolicy = 132;

    /// <summary>u8 vcpu_to_control[8].</summary>
    public const int VcpuToControl = 144;

    /// <summary>u8 num_vcpu.</summary>
    public const int NumVcpu = 152;

    /// <summary>Three times 24 int of timer_policy.</summary>
    public const int TimerPolicy = 156;

    /// <summary>bool core_type: 0 a vCPU, 1 a core of the host.</summary>
    public const int CoreType = 444;

    /// <summary>enum workload.</summary>
    public const int Workload = 448;

    /// <summary>enum policy_to_use.</summary>
    public const int PolicyToUse = 452;

    /// <summary>bool t_boost_status.tbEnabled.</summary>
    public const int TBoostStatus = 456;
}
