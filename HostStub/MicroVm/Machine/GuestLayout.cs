namespace PollScale.HostStub.Machine;

/// <summary>Every fixed address of the micro-VM, guest-physical (GPA) and virtual (VA).</summary>
internal static class GuestLayout
{
    public const int PageSize = 4096;
    public const int LargePageSize = 2 * 1024 * 1024;

    /// <summary>Start of the system region, identity-mapped: VA = GPA. Page 0 and its neighbours stay unmapped, so that null faults.</summary>
    public const ulong SystemStart = 0x1_0000;

    /// <summary>End of the system region; images must be linked above it (GNU ld's default is 0x400000).</summary>
    public const ulong SystemEnd = 0x20_0000;

    /// <summary>IDT: 256 gates of 16 bytes.</summary>
    public const ulong Idt = SystemStart;

    /// <summary>Exception entry stubs, 16 bytes a vector; supervisor only.</summary>
    public const ulong ExceptionStubs = SystemStart + 0x1000;

    /// <summary>System call entry stub. User-accessible: a software-nested host (kvm_pvm) enters it at CPL 3.</summary>
    public const ulong SyscallStub = SystemStart + 0x2000;

    /// <summary>First of the per-vCPU blocks: one page of GDT and TSS, one unmapped page, two pages of kernel stack.</summary>
    public const ulong VcpuBlocks = 0x2_0000;

    /// <summary>Bytes of a per-vCPU block.</summary>
    public const ulong VcpuBlockSize = 4 * PageSize;

    /// <summary>Offset of the TSS in a vCPU's block, after its GDT.</summary>
    public const int TssOffset = 0x100;

    /// <summary>Threads, children among them, and so vCPUs, a guest may have at once.</summary>
    public const int MaxThreads = 64;

    /// <summary>First frame handed out by the frame allocator.</summary>
    public const ulong FirstFrame = SystemEnd;

    /// <summary>GPA of the read-only status page.</summary>
    public const ulong StatusPage = 0xD000_0000;

    /// <summary>GPA of the doorbell page: no memory behind it, so that a load exits.</summary>
    public const ulong DoorbellPage = 0xD000_1000;

    /// <summary>GPA of the pages kvm_intel may need for itself.</summary>
    public const ulong IntelPages = 0xD010_0000;

    /// <summary>GPA of a page that exists only while KVM is made to forget translations.</summary>
    public const ulong SparePage = 0xD020_0000;

    /// <summary>GPA of the packet region.</summary>
    public const ulong PacketRegion = 0x1_0000_0000;

    /// <summary>End of user addresses, exclusive (the canonical lower half, less a guard page, as in Linux).</summary>
    public const ulong UserEnd = 0x7FFF_FFFF_F000;

    /// <summary>Top of the main thread's stack.</summary>
    public const ulong StackTop = 0x7FFF_F000_0000;

    /// <summary>Bytes of the main thread's stack.</summary>
    public const ulong StackSize = 4 * LargePageSize;

    /// <summary>mmap areas are handed out downwards from here.</summary>
    public const ulong MmapTop = 0x7FFF_0000_0000;

    /// <summary>Load address of position-independent images.</summary>
    public const ulong PieBase = 0x5555_5540_0000;

    /// <summary>Selectors as Linux has them: the same numbers whether SYSRET, IRET or a nested host loads them.</summary>
    public const ushort KernelCs = 0x10, KernelSs = 0x18, UserCs32 = 0x23, UserSs = 0x2B, UserCs = 0x33, TssSelector = 0x40;

    /// <summary>Port of the syscall stub.</summary>
    public const ushort SyscallPort = 0x80;

    /// <summary>Port of the exception stubs.</summary>
    public const ushort ExceptionPort = 0x81;

    public static ulong VcpuBlock(int vcpu) => VcpuBlocks + ((ulong)vcpu * VcpuBlockSize);

    public static ulong KernelStackTop(int vcpu) => VcpuBlock(vcpu) + VcpuBlockSize;

    public static bool IsCanonicalUser(ulong address) => address < UserEnd;

    public static ulong AlignDown(ulong value, ulong alignment = PageSize) => value & ~(alignment - 1);

    public static ulong AlignUp(ulong value, ulong alignment = PageSize) => (value + alignment - 1) & ~(alignment - 1);
}
