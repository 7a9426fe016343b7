using System.Buffers.Binary;
using System.Text;

namespace PollScale.Memif.Control;

/// <summary>128 bytes of the control channel: a u16 type, then packed fields in little-endian order.</summary>
internal static class ControlMessage
{
    /// <summary>Bytes of every message.</summary>
    public const int Size = 128;

    /// <summary>Version 2.0, the only one.</summary>
    public const ushort Version = 0x200;

    /// <summary>What we call ourselves.</summary>
    public const string Name = "PollScale";

    /// <summary>Bytes of a name.</summary>
    public const int NameBytes = 32;

    /// <summary>Type of a message.</summary>
    public static MessageType Type(ReadOnlySpan<byte> message) => (MessageType)U16(message, 0);

    /// <summary>A message of a type, else zero.</summary>
    public static byte[] Make(MessageType type)
    {
        byte[] message = new byte[Size];
        Put16(message, 0, (ushort)type);
        return message;
    }

    public static ushort U16(ReadOnlySpan<byte> message, int at) => BinaryPrimitives.ReadUInt16LittleEndian(message[at..]);

    public static uint U32(ReadOnlySpan<byte> message, int at) => BinaryPrimitives.ReadUInt32LittleEndian(message[at..]);

    public static ulong U64(ReadOnlySpan<byte> message, int at) => BinaryPrimitives.ReadUInt64LittleEndian(message[at..]);

    public static void Put16(Span<byte> message, int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(message[at..], value);

    public static void Put32(Span<byte> message, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(message[at..], value);

    public static void Put64(Span<byte> message, int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(message[at..], value);

    /// <summary>A text of the peer up to its zero, without what could disturb a terminal.</summary>
    public static string Text(ReadOnlySpan<byte> message, int at, int bytes)
    {
        ReadOnlySpan<byte> text = message.Slice(at, bytes);
        int end = text.IndexOf((byte)0);
        return string.Create(end < 0 ? bytes : end, text, static (shown, raw) =>
        {
            for (int i = 0; i < shown.Length; i++)
            {
                shown[i] = raw[i] is >= 0x20 and < 0x7F ? (char)raw[i] : '?';
            }
        });
    }

    /// <summary>Writes a text, cut to its room with a zero behind it.</summary>
    public static void PutText(Span<byte> message, int at, int bytes, string text) =>
        Encoding.ASCII.GetBytes(text.AsSpan(0, Math.Min(text.Length, bytes - 1)), message.Slice(at, bytes));
}
