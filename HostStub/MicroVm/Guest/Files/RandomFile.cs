namespace PollScale.HostStub.Guest.Files;

/// <summary>/dev/random and /dev/urandom.</summary>
/// <param name="device">Its device number.</param>
internal sealed class RandomFile(ulong device) : IGuestFile
{
    public const ulong Random = 0x108, Urandom = 0x109;

    public uint Mode => FileModes.Character;

    public ulong Device => device;

    public bool CanSeek => true;

    public long Read(Span<byte> destination)
    {
        HostRandom.Fill(destination);
        return destination.Length;
    }

    public long Write(ReadOnlySpan<byte> source) => source.Length;
}
