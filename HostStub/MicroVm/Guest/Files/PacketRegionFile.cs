using PollScale.HostStub.Machine;
using PollScale.Native;

namespace PollScale.HostStub.Guest.Files;

/// <summary>/dev/memif0: the packet region.</summary>
internal sealed class PacketRegionFile(ulong size) : IGuestFile
{
    public uint Mode => FileModes.Regular;

    public ulong Size => size;

    public bool CanSeek => true;

    // It is mapped, not read, so it keeps no position: an end that was asked for is told, and a place in it taken.
    public long Seek(long offset, int whence) => whence switch
    {
        LibC.SEEK_END when offset == 0 => (long)Size,
        LibC.SEEK_SET when offset >= 0 && offset <= (long)Size => offset,
        _ => -LibC.EINVAL,
    };

    public long Read(Span<byte> destination) => -LibC.EINVAL;

    public long Write(ReadOnlySpan<byte> source) => -LibC.EINVAL;

    public bool TryMap(ulong offset, ulong length, int prot, out ulong gpa)
    {
        gpa = GuestLayout.PacketRegion + offset;
        return offset < size && length <= GuestLayout.AlignUp(size) - offset;
    }
}
