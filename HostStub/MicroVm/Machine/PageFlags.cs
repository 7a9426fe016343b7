namespace PollScale.HostStub.Machine;

/// <summary>Bits of an x86-64 page table entry.</summary>
[Flags]
internal enum PageFlags : ulong
{
    None = 0,
    Present = 1,
    Writable = 2,
    User = 4,
    Accessed = 0x20,
    Dirty = 0x40,
    Large = 0x80,

    /// <summary>Software bit: the frame is not RAM of the frame allocator (status page, doorbell page, packet region).</summary>
    Device = 0x200,

    /// <summary>Software bit: not present, yet the frame and its bytes belong here (a page made PROT_NONE).</summary>
    Kept = 0x400,

    NoExecute = 1UL << 63,
}
