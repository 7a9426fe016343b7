using System.Buffers.Binary;

namespace PollScale.Memif;

/// <summary>
/// Sequence number and send time in the last bytes of a frame's payload, for what a foreign forwarder hands back: behind it headers
/// may have changed, been pushed or taken off, and no descriptor's metadata is left. 18 bytes, so that a frame of 60 bytes with Ethernet, IPv4 and UDP headers takes it.
/// </summary>
/// <param name="Sequence">Number of the frame.</param>
/// <param name="SendTsc">TSC at which it was offered.</param>
internal readonly record struct FrameStamp(ulong Sequence, ulong SendTsc)
{
    /// <summary>Bytes at a frame's end.</summary>
    public const int Size = sizeof(ushort) + (2 * sizeof(ulong));

    private const ushort Mark = 0x5053;

    /// <summary>Writes it.</summary>
    /// <param name="frame">At least <see cref="Size"/> bytes; a checksum over the payload is the caller's.</param>
    public void Write(Span<byte> frame)
    {
        Span<byte> end = frame[^Size..];
        BinaryPrimitives.WriteUInt16LittleEndian(end, Mark);
        BinaryPrimitives.WriteUInt64LittleEndian(end[sizeof(ushort)..], Sequence);
        BinaryPrimitives.WriteUInt64LittleEndian(end[(sizeof(ushort) + sizeof(ulong))..], SendTsc);
    }

    /// <summary>Reads it.</summary>
    /// <returns>False when the frame ends in no stamp.</returns>
    public static bool TryRead(ReadOnlySpan<byte> frame, out FrameStamp stamp)
    {
        stamp = default;
        if (frame.Length < Size || BinaryPrimitives.ReadUInt16LittleEndian(frame[^Size..]) != Mark)
        {
            return false;
        }

        ReadOnlySpan<byte> end = frame[^Size..];
        stamp = new FrameStamp(
            BinaryPrimitives.ReadUInt64LittleEndian(end[sizeof(ushort)..]),
            BinaryPrimitives.ReadUInt64LittleEndian(end[(sizeof(ushort) + sizeof(ulong))..]));
        return true;
    }
}
