using PollScale.GuestChannel;

namespace PollScale.HostStub.Daemon.Protocol;

/// <summary>Judges whether bytes begin a packet. The protocol has no magic number: field values must do.</summary>
internal static class HeadCheck
{
    /// <summary>A bound for lcore numbers, far above any machine's.</summary>
    private const ulong LeastForeignResource = 1 << 16;

    /// <summary>True when a packet that begins where one is due has a command and unit that the protocol knows. No more is asked: librte_power leaves the rest of CONNECT unset.</summary>
    public static bool IsKnown(PacketHead head) => (ChannelCommand)head.Command switch
    {
        ChannelCommand.CpuPower => IsScale(head.Unit),
        ChannelCommand.Connect or ChannelCommand.PktPolicy or ChannelCommand.PktPolicyRemove => true,
        ChannelCommand command => IsQuery(command),
    };

    /// <summary>The first offset where a head stands that cannot be chance: all 16 bytes of it are as a guest sends them.</summary>
    /// <param name="bytes">Bytes searched; a head must lie wholly inside.</param>
    /// <param name="from">First offset tried.</param>
    /// <returns>-1 when there is none.</returns>
    public static int Find(ReadOnlySpan<byte> bytes, int from)
    {
        for (int at = from; at <= bytes.Length - GuestChannelAbi.HeadBytes; at++)
        {
            // The command's low byte rules out nearly all offsets.
            byte command = bytes[at + ChannelPacketLayout.Command];
            if (command is > 0 and <= (byte)ChannelCommand.QueryCaps && IsCertain(PacketHead.Read(bytes[at..])))
            {
                return at;
            }
        }

        return -1;
    }

    /// <summary>Where, in a packet that seems whole, another one begins: then the first was torn, and its sender was told that it failed.</summary>
    /// <param name="packet">The packet, and of what follows it up to 15 bytes: the other's head may end there.</param>
    /// <param name="head">Head of the packet.</param>
    /// <returns>-1 when the packet is whole.</returns>
    public static int FindInside(ReadOnlySpan<byte> packet, PacketHead head)
    {
        if (packet.Length == GuestChannelAbi.PacketBytes && !packet[GuestChannelAbi.HeadBytes..].ContainsAnyExcept((byte)0))
        {
            return -1;
        }

        // A policy's hours can look like a head; but a unit that came to lie where the command is looks like a policy, and its head is near.
        bool policy = (ChannelCommand)head.Command is ChannelCommand.PktPolicy or ChannelCommand.PktPolicyRemove;
        return Find(policy ? packet[..(2 * GuestChannelAbi.HeadBytes)] : packet, 1);
    }

    private static bool IsCertain(PacketHead head) => head.ResourceId < LeastForeignResource && (ChannelCommand)head.Command switch
    {
        ChannelCommand.CpuPower => IsScale(head.Unit),
        ChannelCommand command => IsQuery(command) && head.Unit == 0,
    };

    private static bool IsScale(uint unit) => unit is >= (uint)ScaleUnit.Up and <= (uint)ScaleUnit.DisableTurbo;

    private static bool IsQuery(ChannelCommand command) => command is >= ChannelCommand.QueryFreqList and <= ChannelCommand.QueryCaps;
}
