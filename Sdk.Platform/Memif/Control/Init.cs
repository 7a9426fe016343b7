using System.Text;
using static PollScale.Memif.Control.ControlMessage;

namespace PollScale.Memif.Control;

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
