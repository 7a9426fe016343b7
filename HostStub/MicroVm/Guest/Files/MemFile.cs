using PollScale.HostStub.Machine;
using PollScale.Native;

namespace PollScale.HostStub.Guest.Files;

/// <summary>/dev/mem, of which a guest sees two pages: the status page and the doorbell page, at their guest-physical addresses.</summary>
internal sealed class MemFile : IGuestFile
{
    public uint Mode => FileModes.Memory;

    public ulong Device => 0x101;

    public long Read(Span<byte> destination) => -LibC.EFAULT;

    public long Write(ReadOnlySpan<byte> source) => -LibC.EPERM;

    public bool TryMap(ulong offset, ulong length, int prot, out ulong gpa)
    {
        gpa = offset;
        return length == GuestLayout.PageSize && offset is GuestLayout.StatusPage or GuestLayout.DoorbellPage;
    }
}
