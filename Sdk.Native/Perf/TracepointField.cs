using System.Buffers.Binary;

namespace PollScale.Native;

/// <summary>Where a field lies in a tracepoint's raw record.</summary>
/// <param name="Offset">Its first byte, from the record's.</param>
/// <param name="Size">Bytes: 1, 2, 4 or 8.</param>
internal readonly record struct TracepointField(int Offset, int Size)
{
    /// <summary>Reads it as an unsigned number.</summary>
    /// <param name="raw">The record, of any length.</param>
    /// <param name="value">What it holds; 0 where the record is too short.</param>
    /// <returns>False where the record is too short.</returns>
    public bool TryRead(ReadOnlySpan<byte> raw, out ulong value)
    {
        value = 0;
        if (raw.Length < Offset + Size)
        {
            return false;
        }

        ReadOnlySpan<byte> bytes = raw.Slice(Offset, Size);
        value = Size switch
        {
            1 => bytes[0],
            2 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            4 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            _ => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        };
        return true;
    }
}
