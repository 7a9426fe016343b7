namespace PollScale.GuestChannel;

/// <summary>
/// Sizes and names of DPDK's guest channel (rte_power_guest_channel.h, the same from DPDK 22.11 on): packets of fixed size over one
/// virtio-serial port a lcore, little-endian, with no magic number, version, length or sequence number.
/// </summary>
internal static class GuestChannelAbi
{
    /// <summary>Bytes of struct rte_power_channel_packet: every request, and the ACK or NACK to it.</summary>
    public const int PacketBytes = 464;

    /// <summary>Bytes of struct rte_power_channel_packet_freq_list.</summary>
    public const int FreqListBytes = 88;

    /// <summary>Bytes of struct rte_power_channel_packet_caps_list.</summary>
    public const int CapsListBytes = 184;

    /// <summary>Bytes that tell what a packet is: resource_id, unit and command, the same in all three structs.</summary>
    public const int HeadBytes = 16;

    /// <summary>Bytes of a VM's name, with its NUL (RTE_POWER_VM_MAX_NAME_SZ).</summary>
    public const int VmNameBytes = 32;

    /// <summary>vCPUs that a reply has room for (RTE_POWER_MAX_VCPU_PER_VM).</summary>
    public const int MaxVcpus = 8;

    /// <summary>Name of the virtio-serial port of an lcore, without its number.</summary>
    public const string PortPrefix = "virtio.serial.port.poweragent.";

    /// <summary>Folder of ports by name, where udev makes it.</summary>
    public const string PortFolder = "/dev/virtio-ports";
}
