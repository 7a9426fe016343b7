using PollScale.HostStub.Machine;
using PollScale.Native;

namespace PollScale.HostStub.Guest.Files;

/// <summary>Standard output and error.</summary>
internal sealed class ConsoleFile(GuestConsole console) : IGuestFile
{
    public uint Mode => FileModes.Character;

    public long Read(Span<byte> destination) => 0;

    public long Write(ReadOnlySpan<byte> source)
    {
        console.Write(source);
        return source.Length;
    }
}

/// <summary>/dev/null, and standard input: it is at its end.</summary>
internal sealed class NullFile : IGuestFile
{
    public uint Mode => FileModes.Character;

    public long Read(Span<byte> destination) => 0;

    public long Write(ReadOnlySpan<byte> source) => source.Length;
}

/// <summary>/dev/urandom.</summary>
internal sealed class RandomFile : IGuestFile
{
    public uint Mode => FileModes.Character;

    public long Read(Span<byte> destination)
    {
        HostRandom.Fill(destination);
        return destination.Length;
    }

    public long Write(ReadOnlySpan<byte> source) => source.Length;
}

/// <summary>/dev/mem, of which a guest sees two pages: the status page and the doorbell page, at their guest-physical addresses.</summary>
internal sealed class MemFile : IGuestFile
{
    public uint Mode => FileModes.Character;

    public long Read(Span<byte> destination) => -LibC.EFAULT;

    public long Write(ReadOnlySpan<byte> source) => -LibC.EPERM;

    public bool TryMap(ulong offset, ulong length, int prot, out ulong gpa)
    {
        gpa = offset;
        return length == GuestLayout.PageSize && offset is GuestLayout.StatusPage or GuestLayout.DoorbellPage;
    }
}

/// <summary>/dev/memif0: the packet region.</summary>
internal sealed class PacketRegionFile(ulong size) : IGuestFile
{
    public uint Mode => FileModes.Regular;

    public ulong Size => size;

    public long Read(Span<byte> destination) => -LibC.EINVAL;

    public long Write(ReadOnlySpan<byte> source) => -LibC.EINVAL;

    public bool TryMap(ulong offset, ulong length, int prot, out ulong gpa)
    {
        gpa = GuestLayout.PacketRegion + offset;
        return offset < size && length <= GuestLayout.AlignUp(size) - offset;
    }
}

/// <summary>File types of st_mode, with the permissions a guest is shown.</summary>
internal static class FileModes
{
    public const uint Character = 0x2000 | 0x1B6;
    public const uint Regular = 0x8000 | 0x1B6;
    public const uint Pipe = 0x1000 | 0x180;
}
