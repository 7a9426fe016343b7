using static PollScale.Memif.Control.ControlMessage;

namespace PollScale.Memif.Control;

/// <summary>What a master offers.</summary>
/// <param name="Name">Its program.</param>
/// <param name="MinVersion">Lowest version it speaks.</param>
/// <param name="MaxVersion">Highest version it speaks.</param>
/// <param name="MaxRegion">Highest region number.</param>
/// <param name="MaxToSlave">Highest number of a ring to the slave.</param>
/// <param name="MaxToMaster">Highest number of a ring to the master.</param>
/// <param name="MaxLog2RingSize">Log2 of the largest ring.</param>
internal sealed record Hello(string Name, ushort MinVersion, ushort MaxVersion, ushort MaxRegion, ushort MaxToSlave, ushort MaxToMaster, byte MaxLog2RingSize)
{
    public static Hello Read(ReadOnlySpan<byte> m) => new(Text(m, 2, NameBytes), U16(m, 34), U16(m, 36), U16(m, 38), U16(m, 40), U16(m, 42), m[44]);

    public byte[] Write()
    {
        byte[] m = Make(MessageType.Hello);
        PutText(m, 2, NameBytes, Name);
        Put16(m, 34, MinVersion);
        Put16(m, 36, MaxVersion);
        Put16(m, 38, MaxRegion);
        Put16(m, 40, MaxToSlave);
        Put16(m, 42, MaxToMaster);
        m[44] = MaxLog2RingSize;
        return m;
    }
}
