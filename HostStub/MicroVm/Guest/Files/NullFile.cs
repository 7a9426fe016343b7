namespace PollScale.HostStub.Guest.Files;

/// <summary>/dev/null, and standard input: it is at its end.</summary>
internal sealed class NullFile : IGuestFile
{
    public uint Mode => FileModes.Character;

    public ulong Device => 0x103;

    public bool CanSeek => true;

    public long Read(Span<byte> destination) => 0;

    public long Write(ReadOnlySpan<byte> source) => source.Length;
}
