namespace PollScale.GuestChannel;

/// <summary>Byte offsets in struct rte_power_channel_packet_freq_list, behind the common head.</summary>
internal static class FreqListLayout
{
    /// <summary>char vm_name[32].</summary>
    public const int VmName = 16;

    /// <summary>u32 freq_list[8]: present frequency of each vCPU in kHz.</summary>
    public const int FreqList = 48;

    /// <summary>u8 num_vcpu.</summary>
    public const int NumVcpu = 80;
}
