namespace PollScale.HostStub.Guest.Files;

/// <summary>Standard output and error.</summary>
internal sealed class ConsoleFile(GuestConsole console) : IGuestFile
{
    public uint Mode => FileModes.Terminal;

    public ulong Device => 0x8800;

    public bool CanBeWaitedFor => true;

    public long Read(Span<byte> destination) => 0;

    public long Write(ReadOnlySpan<byte> source)
    {
        console.Write(source);
        return source.Length;
    }
}
