namespace PollScale.GuestChannel;

/// <summary>Commands from host to guest. ACK and NACK have the numbers of <see cref="ChannelCommand.CpuPower"/> and <see cref="ChannelCommand.Connect"/>.</summary>
internal enum ReplyCommand : uint
{
    /// <summary>RTE_POWER_CMD_ACK: the request was accepted; the packet is the request copied back.</summary>
    Ack = 1,

    /// <summary>RTE_POWER_CMD_NACK: the request was refused or failed.</summary>
    Nack = 2,

    /// <summary>RTE_POWER_FREQ_LIST.</summary>
    FreqList = 3,

    /// <summary>RTE_POWER_CAPS_LIST.</summary>
    CapsList = 4,
}
