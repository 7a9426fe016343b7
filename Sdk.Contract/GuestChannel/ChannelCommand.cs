namespace PollScale.GuestChannel;

/// <summary>Commands from guest to host.</summary>
internal enum ChannelCommand : uint
{
    /// <summary>No command.</summary>
    None = 0,

    /// <summary>RTE_POWER_CPU_POWER: scale, as the unit says.</summary>
    CpuPower = 1,

    /// <summary>RTE_POWER_CPU_POWER_CONNECT: the guest opened the port. Its other bytes are not set by librte_power.</summary>
    Connect = 2,

    /// <summary>RTE_POWER_PKT_POLICY: a policy that the host is to follow on its own.</summary>
    PktPolicy = 3,

    /// <summary>RTE_POWER_PKT_POLICY_REMOVE.</summary>
    PktPolicyRemove = 4,

    /// <summary>RTE_POWER_QUERY_FREQ_LIST: present frequencies of all of the VM's vCPUs.</summary>
    QueryFreqList = 7,

    /// <summary>RTE_POWER_QUERY_FREQ: present frequency of one vCPU.</summary>
    QueryFreq = 8,

    /// <summary>RTE_POWER_QUERY_CAPS_LIST: capabilities of all of the VM's vCPUs.</summary>
    QueryCapsList = 9,

    /// <summary>RTE_POWER_QUERY_CAPS: capabilities of one vCPU.</summary>
    QueryCaps = 10,
}
