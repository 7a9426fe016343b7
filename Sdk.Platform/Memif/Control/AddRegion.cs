using static PollScale.Memif.Control.ControlMessage;

namespace PollScale.Memif.Control;

/// <summary>A region of memory.</summary>
/// <param name="Index">Its number.</param>
/// <param name="Size">Bytes that may be used.</param>
internal sealed record AddRegion(ushort Index, ulong Size)
{
    public static AddRegion Read(ReadOnlySpan<byte> m) => new(U16(m, 2), U64(m, 4));

    public byte[] Write()
    {
        byte[] m = Make(MessageType.AddRegion);
        Put16(m, 2, Index);
        Put64(m, 4, Size);
        return m;
    }
}
