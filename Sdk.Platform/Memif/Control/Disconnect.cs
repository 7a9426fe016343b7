using static PollScale.Memif.Control.ControlMessage;

namespace PollScale.Memif.Control;

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
