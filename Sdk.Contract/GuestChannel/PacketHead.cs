using System.Buffers.Binary;

namespace PollScale.GuestChannel;

/// <summary>The first 16 bytes of every packet.</summary>
/// <param name="ResourceId">Whose frequency is meant: the lcore, as the sender numbers it.</param>
/// <param name="Unit">A <see cref="ScaleUnit"/>.</param>
/// <param name="Command">A <see cref="ChannelCommand"/> or <see cref="ReplyCommand"/>.</param>
internal readonly record struct PacketHead(ulong ResourceId, uint Unit, uint Command)
{
    /// <summary>Reads a head.</summary>
    /// <param name="packet">At least <see cref="GuestChannelAbi.HeadBytes"/> bytes.</param>
    public static PacketHead Read(ReadOnlySpan<byte> packet) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(packet),
        BinaryPrimitives.ReadUInt32LittleEndian(packet[ChannelPacketLayout.Unit..]),
        BinaryPrimitives.ReadUInt32LittleEndian(packet[ChannelPacketLayout.Command..]));

    /// <summary>Clears a packet and writes the head into it: what is not set later is zero.</summary>
    /// <param name="packet">The whole packet.</param>
    public void WriteCleared(Span<byte> packet)
    {
        packet.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(packet, ResourceId);
        BinaryPrimitives.WriteUInt32LittleEndian(packet[ChannelPacketLayout.Unit..], Unit);
        BinaryPrimitives.WriteUInt32LittleEndian(packet[ChannelPacketLayout.Command..], Command);
    }
}
