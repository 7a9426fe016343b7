using PollScale.HostStub.Machine;
using PollScale.Native;

namespace PollScale.HostStub.Guest.Files;

/// <summary>/dev/memif0: the packet region.</summary>
internal sealed class PacketRegionFile(ulong size) : IGuestFile
{
    public uint Mode => FileModes.Regular;

    public ulong Size => size;

    public bool CanSeek => true;

    public long Read(Span<byte> destination) => -LibC.EINVAL;

    public long Write(ReadOnlySpan<byte> source) => -LibC.EINVAL;

    public bool TryMap(ulong offset, ulong length, int prot, out ulong gpa)
    {
        gpa = GuestLayout.PacketRegion + offset;
        return offset < size && length <= GuestLayout.AlignUp(size) - offset;
    }
}
