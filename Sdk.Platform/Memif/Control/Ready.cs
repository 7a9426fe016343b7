using static PollScale.Memif.Control.ControlMessage;

namespace PollScale.Memif.Control;

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
