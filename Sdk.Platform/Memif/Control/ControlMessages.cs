using System.Text;
using static PollScale.Memif.Control.ControlMessage;

namespace PollScale.Memif.Control;

// A family of small records: each is one message, and knows its own fields' places.

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

/// <summary>Which interface a slave wants.</summary>
/// <param name="Version">Version it speaks.</param>
/// <param name="Id">Number of the interface on the socket.</param>
/// <param name="Mode">0 Ethernet, 1 IP, 2 punt/inject.</param>
/// <param name="Secret">At most 24 bytes; empty for none.</param>
/// <param name="Name">Its program.</param>
internal sealed record Init(ushort Version, uint Id, byte Mode, string Secret, string Name)
{
    /// <summary>Bytes of a secret, all of which may be used: no zero need follow.</summary>
    public const int SecretBytes = 24;

    public static Init Read(ReadOnlySpan<byte> m) => new(U16(m, 2), U32(m, 4), m[8], SecretOf(m.Slice(9, SecretBytes)), Text(m, 33, NameBytes));

    public byte[] Write()
    {
        byte[] m = Make(MessageType.Init);
        Put16(m, 2, Version);
        Put32(m, 4, Id);
        m[8] = Mode;
        PutText(m, 9, SecretBytes + 1, Secret); // the name behind it is written afterwards
        PutText(m, 33, NameBytes, Name);
        return m;
    }

    // Compared, never shown: each byte counts.
    private static string SecretOf(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes.IndexOf((byte)0) is >= 0 and int end ? bytes[..end] : bytes);
}

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

/// <summary>The last word of either side before the link is up: CONNECT of the slave, CONNECTED of the master.</summary>
/// <param name="Name">What the sender calls its interface.</param>
internal sealed record Ready(string Name)
{
    public static Ready Read(ReadOnlySpan<byte> m) => new(Text(m, 2, NameBytes));

    public byte[] Write(MessageType type)
    {
        byte[] m = Make(type);
        PutText(m, 2, NameBytes, Name);
        return m;
    }
}

/// <summary>The end.</summary>
/// <param name="Code">A number that nobody defines.</param>
/// <param name="Reason">Why, at most 95 characters.</param>
internal sealed record Disconnect(uint Code, string Reason)
{
    private const int ReasonBytes = 96;

    public static Disconnect Read(ReadOnlySpan<byte> m) => new(U32(m, 2), Text(m, 6, ReasonBytes));

    public byte[] Write()
    {
        byte[] m = Make(MessageType.Disconnect);
        Put32(m, 2, Code);
        PutText(m, 6, ReasonBytes, Reason);
        return m;
    }
}
