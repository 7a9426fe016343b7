using static PollScale.Memif.Control.ControlMessage;

namespace PollScale.Memif.Control;

/// <summary>A ring.</summary>
/// <param name="IsToMaster">Packets go from the slave to the master.</param>
/// <param name="Index">Its number among those of its direction.</param>
/// <param name="Region">Region that it lies in.</param>
/// <param name="Offset">Where in it.</param>
/// <param name="Log2Size">Log2 of its descriptors.</param>
/// <param name="PrivateHeader">Bytes of private metadata, which nobody uses.</param>
internal sealed record AddRing(bool IsToMaster, ushort Index, ushort Region, uint Offset, byte Log2Size, ushort PrivateHeader)
{
    private const ushort ToMasterFlag = 1;

    public static AddRing Read(ReadOnlySpan<byte> m) => new((U16(m, 2) & ToMasterFlag) != 0, U16(m, 4), U16(m, 6), U32(m, 8), m[12], U16(m, 13));

    public byte[] Write()
    {
        byte[] m = Make(MessageType.AddRing);
        Put16(m, 2, IsToMaster ? ToMasterFlag : (ushort)0);
        Put16(m, 4, Index);
        Put16(m, 6, Region);
        Put32(m, 8, Offset);
        m[12] = Log2Size;
        Put16(m, 13, PrivateHeader);
        return m;
    }
}
