using PollScale.Hypercall;

namespace PollScale.HostStub.Machine;

/// <summary>
/// The system region of guest RAM: IDT, entry stubs, and a block per vCPU (GDT, TSS with I/O bitmap, kernel stack). There is no
/// guest kernel: each stub only exits to the host, which answers and returns.
/// </summary>
internal static class SystemRegion
{
    /// <summary>Exceptions an x86 CPU can raise.</summary>
    public const int Vectors = 32;

    private const int StubSize = 16;
    private const int GateSize = 16;
    private const int TssHeader = 104;
    private const PageFlags Supervisor = PageFlags.Present | PageFlags.Accessed | PageFlags.Dirty;

    /// <summary>Bytes of the TSS: header, a bit per port up to the last doorbell port, and the byte of ones the CPU wants behind.</summary>
    private const int TssSize = TssHeader + ((HypercallAbi.PortBase + HypercallAbi.PortCount) / 8) + 2;

    /// <summary>Vectors that push an error code: #DF, #TS, #NP, #SS, #GP, #PF, #AC, #CP, #VC, #SX.</summary>
    private const uint ErrorCodeVectors = 1u << 8 | 1u << 10 | 1u << 11 | 1u << 12 | 1u << 13 | 1u << 14 | 1u << 17 | 1u << 21 | 1u << 29 | 1u << 30;

    /// <summary>Address of the <c>iretq</c> that ends the syscall stub.</summary>
    public const ulong SyscallReturn = GuestLayout.SyscallStub + 2;

    /// <summary>
    /// Address of the guest's very first instruction, a <c>syscall</c>: from an exit of code that is known the host learns which CPL this
    /// CPU enters the stub at, before code that is not could forge one. rdi holds the image's entry point.
    /// </summary>
    public const ulong BootCall = GuestLayout.SyscallStub + 0x20;

    /// <summary>Fills and maps the parts all vCPUs share.</summary>
    public static void Build(GuestMemory memory, PageTables tables)
    {
        for (int vector = 0; vector < Vectors; vector++)
        {
            BuildGate(memory, vector);
            BuildStub(memory, vector);
        }

        ReadOnlySpan<byte> syscall =
        [
            0xE6, (byte)GuestLayout.SyscallPort, // out 0x80, al
            0x48, 0xCF,                          // iretq
        ];
        syscall.CopyTo(memory.Slice(GuestLayout.SyscallStub, syscall.Length));
        ReadOnlySpan<byte> boot =
        [
            0x0F, 0x05, // syscall
            0x0F, 0x0B, // ud2
        ];
        boot.CopyTo(memory.Slice(BootCall, boot.Length));

        Map(tables, GuestLayout.Idt, Supervisor | PageFlags.NoExecute);
        Map(tables, GuestLayout.ExceptionStubs, Supervisor);
        Map(tables, GuestLayout.SyscallStub, Supervisor | PageFlags.User);
    }

    /// <summary>Fills and maps a vCPU's block.</summary>
    public static void BuildVcpuBlock(GuestMemory memory, PageTables tables, int vcpu)
    {
        ulong block = GuestLayout.VcpuBlock(vcpu);
        memory.Slice(block, (int)GuestLayout.VcpuBlockSize).Clear();
        BuildGdt(memory, block);
        BuildTss(memory, block + GuestLayout.TssOffset, GuestLayout.KernelStackTop(vcpu));
        const PageFlags Data = Supervisor | PageFlags.Writable | PageFlags.NoExecute;
        Map(tables, block, Data);
        Map(tables, block + (2 * GuestLayout.PageSize), Data);
        Map(tables, block + (3 * GuestLayout.PageSize), Data);
    }

    /// <summary>The vector whose stub an instruction pointer lies in, or -1.</summary>
    public static int VectorAt(ulong rip) =>
        rip - GuestLayout.ExceptionStubs is var offset && offset < Vectors * StubSize ? (int)(offset / StubSize) : -1;

    /// <summary>True when an instruction pointer lies in the syscall stub.</summary>
    public static bool IsSyscallStub(ulong rip) => rip - GuestLayout.SyscallStub < 4;

    /// <summary>Base and limit of a vCPU's TSS.</summary>
    public static (ulong Base, uint Limit) Tss(int vcpu) => (GuestLayout.VcpuBlock(vcpu) + GuestLayout.TssOffset, TssSize - 1);

    private static void BuildGate(GuestMemory memory, int vector)
    {
        ulong handler = GuestLayout.ExceptionStubs + (ulong)(vector * StubSize);
        ulong dpl = vector is 3 or 4 ? 3UL : 0; // int3 and into are instructions of CPL 3
        ulong gate = GuestLayout.Idt + (ulong)(vector * GateSize);
        memory.U64(gate) = (handler & 0xFFFF) | (ulong)GuestLayout.KernelCs << 16 | 0x8E00UL << 32 | dpl << 45 | (handler >> 16 & 0xFFFF) << 48;
        memory.U64(gate + 8) = handler >> 32;
    }

    private static void BuildStub(GuestMemory memory, int vector)
    {
        bool hasErrorCode = (ErrorCodeVectors >> vector & 1) != 0;
        ReadOnlySpan<byte> code =
        [
            .. hasErrorCode ? [0x66, 0x90] : (ReadOnlySpan<byte>)[0x6A, 0x00], // nop | push 0: one frame shape for all
            0xE6, (byte)GuestLayout.ExceptionPort, // out 0x81, al
            0x48, 0x83, 0xC4, 0x08,                // add rsp, 8
            0x48, 0xCF,                            // iretq
        ];
        code.CopyTo(memory.Slice(GuestLayout.ExceptionStubs + (ulong)(vector * StubSize), code.Length));
    }

    private static void BuildGdt(GuestMemory memory, ulong block)
    {
        (ulong tssBase, uint tssLimit) = (block + GuestLayout.TssOffset, TssSize - 1);
        memory.U64(block + GuestLayout.KernelCs) = 0x00AF_9B00_0000_FFFF;        // code64, DPL 0
        memory.U64(block + GuestLayout.KernelSs) = 0x00CF_9300_0000_FFFF;        // data, DPL 0
        memory.U64(block + (GuestLayout.UserCs32 & ~7ul)) = 0x00CF_FB00_0000_FFFF; // code32, DPL 3
        memory.U64(block + (GuestLayout.UserSs & ~7ul)) = 0x00CF_F300_0000_FFFF;   // data, DPL 3
        memory.U64(block + (GuestLayout.UserCs & ~7ul)) = 0x00AF_FB00_0000_FFFF;   // code64, DPL 3
        memory.U64(block + GuestLayout.TssSelector) =
            (tssLimit & 0xFFFF) | (tssBase & 0xFF_FFFF) << 16 | 0x8BUL << 40 | (tssBase >> 24 & 0xFF) << 56;
        memory.U64(block + GuestLayout.TssSelector + 8) = tssBase >> 32;
    }

    private static void BuildTss(GuestMemory memory, ulong tss, ulong kernelStackTop)
    {
        Span<byte> bytes = memory.Slice(tss, TssSize);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(bytes[4..], kernelStackTop); // RSP0
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16LittleEndian(bytes[102..], TssHeader);    // I/O bitmap base
        Span<byte> bitmap = bytes[TssHeader..];
        bitmap.Fill(0xFF);
        Allow(bitmap, GuestLayout.SyscallPort);

        // A doubleword access at the last port checks the bits of its three neighbours as well.
        for (int port = 0; port < HypercallAbi.PortCount + 3; port++)
        {
            Allow(bitmap, HypercallAbi.PortBase + port);
        }

        static void Allow(Span<byte> bitmap, int port) => bitmap[port / 8] &= (byte)~(1 << (port % 8));
    }

    private static void Map(PageTables tables, ulong address, PageFlags flags)
    {
        if (!tables.Set(address, address, flags))
        {
            throw new InvalidOperationException("The guest's memory cannot hold the page tables of its system region.");
        }
    }
}
