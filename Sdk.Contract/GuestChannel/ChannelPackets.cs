using System.Buffers.Binary;
using System.Text;

namespace PollScale.GuestChannel;

/// <summary>Writes and reads whole packets. Every byte not named is written as zero; nothing is allocated.</summary>
internal static class ChannelPackets
{
    /// <summary>Writes a request.</summary>
    /// <param name="packet">At least <see cref="GuestChannelAbi.PacketBytes"/> bytes.</param>
    /// <param name="command">What is asked.</param>
    /// <param name="unit">For <see cref="ChannelCommand.CpuPower"/>.</param>
    /// <param name="resourceId">The lcore.</param>
    /// <param name="tag">Written where a traffic policy has its first MAC address: hosts ignore it in other packets and copy it back.</param>
    public static void WriteRequest(Span<byte> packet, ChannelCommand command, ScaleUnit unit, ulong resourceId, ulong tag = 0)
    {
        packet = packet[..GuestChannelAbi.PacketBytes];
        new PacketHead(resourceId, (uint)unit, (uint)command).WriteCleared(packet);
        BinaryPrimitives.WriteUInt64LittleEndian(packet[ChannelPacketLayout.Vfid..], tag);
    }

    /// <summary>The tag of a request or of its copy.</summary>
    public static ulong Tag(ReadOnlySpan<byte> packet) => BinaryPrimitives.ReadUInt64LittleEndian(packet[ChannelPacketLayout.Vfid..]);

    /// <summary>Writes a VM's name into a packet, cut to 31 bytes and ended by NUL.</summary>
    /// <param name="packet">A packet whose name field is all zero.</param>
    /// <param name="name">The name in ASCII.</param>
    public static void WriteVmName(Span<byte> packet, ReadOnlySpan<byte> name) =>
        name[..Math.Min(name.Length, GuestChannelAbi.VmNameBytes - 1)].CopyTo(packet[ChannelPacketLayout.VmName..]);

    /// <summary>A VM's name as it goes into a packet.</summary>
    public static byte[] VmName(string name)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(name);
        return bytes[..Math.Min(bytes.Length, GuestChannelAbi.VmNameBytes - 1)];
    }

    /// <summary>Copies a request and turns the copy into its ACK or NACK.</summary>
    /// <returns>Bytes written.</returns>
    public static int WriteAnswer(Span<byte> reply, ReadOnlySpan<byte> request, ReplyCommand answer)
    {
        request[..GuestChannelAbi.PacketBytes].CopyTo(reply);
        BinaryPrimitives.WriteUInt32LittleEndian(reply[ChannelPacketLayout.Command..], (uint)answer);
        return GuestChannelAbi.PacketBytes;
    }

    /// <summary>Starts a reply to a query: head and name; frequencies or capabilities follow.</summary>
    /// <param name="reply">The whole reply; its length says which one it is.</param>
    /// <param name="command">What it carries, or <see cref="ReplyCommand.Nack"/>.</param>
    /// <param name="resourceId">Of the query.</param>
    /// <param name="name">Name of the VM in ASCII.</param>
    public static void WriteReply(Span<byte> reply, ReplyCommand command, ulong resourceId, ReadOnlySpan<byte> name)
    {
        new PacketHead(resourceId, 0, (uint)command).WriteCleared(reply);
        WriteVmName(reply, name);
    }

    /// <summary>Sets the number of the VM's vCPUs in a reply to a query, of whichever of them it tells.</summary>
    /// <param name="reply">The whole reply.</param>
    /// <param name="command">What it carries.</param>
    /// <param name="vcpus">vCPUs of the VM; a reply has fields for the first <see cref="GuestChannelAbi.MaxVcpus"/>, and says no more.</param>
    public static void SetVcpuCount(Span<byte> reply, ReplyCommand command, int vcpus) =>
        reply[command == ReplyCommand.CapsList ? CapsListLayout.NumVcpu : FreqListLayout.NumVcpu] = (byte)Math.Min(vcpus, GuestChannelAbi.MaxVcpus);

    /// <summary>Sets a vCPU's frequency in a reply.</summary>
    public static void SetFrequency(Span<byte> freqList, int vcpu, uint kHz) =>
        BinaryPrimitives.WriteUInt32LittleEndian(freqList[(FreqListLayout.FreqList + (vcpu * sizeof(uint)))..], kHz);

    /// <summary>A vCPU's frequency in kHz; 0 where the host told none.</summary>
    public static uint Frequency(ReadOnlySpan<byte> freqList, int vcpu) =>
        BinaryPrimitives.ReadUInt32LittleEndian(freqList[(FreqListLayout.FreqList + (vcpu * sizeof(uint)))..]);

    /// <summary>Sets a vCPU's capabilities in a reply.</summary>
    public static void SetCapabilities(Span<byte> capsList, int vcpu, bool turbo) =>
        BinaryPrimitives.WriteUInt64LittleEndian(capsList[(CapsListLayout.Turbo + (vcpu * sizeof(ulong)))..], turbo ? 1u : 0u);

    /// <summary>Bytes of the packet that a host's head begins; 0 when no host sends such a head.</summary>
    /// <remarks>A query that is refused has no unit, and its NACK the size of the reply asked for.</remarks>
    public static int ReplyBytes(PacketHead head, int refusedQueryBytes = GuestChannelAbi.FreqListBytes) => (ReplyCommand)head.Command switch
    {
        ReplyCommand.Ack => GuestChannelAbi.PacketBytes,
        ReplyCommand.Nack => head.Unit == 0 ? refusedQueryBytes : GuestChannelAbi.PacketBytes,
        ReplyCommand.FreqList => GuestChannelAbi.FreqListBytes,
        ReplyCommand.CapsList => GuestChannelAbi.CapsListBytes,
        _ => 0,
    };
}
