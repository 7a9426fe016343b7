using System.Runtime.CompilerServices;
using PollScale.HostStub.Kvm;
using PollScale.HostStub.Kvm.Abi;
using PollScale.Native;

namespace PollScale.HostStub.Machine;

/// <summary>Puts a vCPU into 64-bit mode at CPL 3, ready to run guest userspace.</summary>
internal static class CpuSetup
{
    /// <summary>PE MP ET NE WP AM PG.</summary>
    private const ulong Cr0 = 0x8005_0033;

    /// <summary>PAE OSFXSR OSXMMEXCPT.</summary>
    private const ulong LeastCr4 = 0x620;

    private const ulong Cr4FsGsBase = 1 << 16, Cr4OsXsave = 1 << 18;

    // The host's own CPUID: kvm_pvm's list lacks what it gives its guests. Nehalem has neither.
    private static readonly bool s_hasFsGsBase = Cpuid.Read(0, 0).Eax >= 7 && (Cpuid.Read(7, 0).Ebx & 1) != 0;
    private static readonly bool s_hasXsave = (Cpuid.Read(1, 0).Ecx & (1 << 26)) != 0;
    private static readonly ulong s_cr4 = LeastCr4 | (s_hasFsGsBase ? Cr4FsGsBase : 0) | (s_hasXsave ? Cr4OsXsave : 0);

    /// <summary>SCE LME LMA NXE.</summary>
    private const ulong Efer = 0xD01;

    private const uint MsrStar = 0xC000_0081, MsrLstar = 0xC000_0082, MsrSfmask = 0xC000_0084, MsrFsBase = 0xC000_0100, MsrGsBase = 0xC000_0101;

    /// <summary>TF IF DF NT AC and IOPL: cleared at a system call, as Linux does.</summary>
    private const ulong SyscallFlagMask = 0x4_7700;

    /// <summary>
    /// Descriptor types of a 64-bit TSS. VMX enters only with a busy one; SVM keeps an available one, and QEMU's SVM ignores the I/O bitmap of any other.
    /// </summary>
    private const byte AvailableTss = 9, BusyTss = 11;

    /// <summary>IF and the bit that is always 1.</summary>
    private const ulong InitialFlags = 0x202;

    /// <summary>A guest may use rdfsbase and its kind.</summary>
    public static bool HasFsGsBase => s_hasFsGsBase;

    /// <summary>Gives a vCPU that never ran its CPUID leaves, the extended state they allow and the host's TSC; KVM refuses the first two later.</summary>
    public static void Introduce(KvmVcpu vcpu, ReadOnlySpan<kvm_cpuid_entry2> cpuid)
    {
        vcpu.SetCpuid(cpuid);
        vcpu.SetSregs(vcpu.GetSregs() with { cr4 = s_cr4 });
        if (s_hasXsave)
        {
            vcpu.SetXcr0(SupportedXcr0(cpuid));
        }

        vcpu.TryShareTsc(); // without it (before Linux 5.16) the guest's delays mean nothing
    }

    /// <summary>Puts a vCPU into the state of a thread that begins, whatever it ran before.</summary>
    /// <param name="vcpu">The vCPU.</param>
    /// <param name="pageTableRoot">GPA for CR3.</param>
    /// <param name="rip">First instruction.</param>
    /// <param name="rsp">Stack pointer.</param>
    public static void Prepare(KvmVcpu vcpu, ulong pageTableRoot, ulong rip, ulong rsp)
    {
        kvm_sregs sregs = vcpu.GetSregs();
        kvm_segment data = Segment(GuestLayout.UserSs, type: 3, dpl: 3, code: false);
        sregs.cs = Segment(GuestLayout.UserCs, type: 11, dpl: 3, code: true);
        sregs.ss = sregs.ds = sregs.es = data;
        sregs.fs = sregs.gs = data with { selector = 0 };
        (ulong tssBase, uint tssLimit) = SystemRegion.Tss(vcpu.Id);
        sregs.tr = new kvm_segment { @base = tssBase, limit = tssLimit, selector = GuestLayout.TssSelector, type = IsSvm ? AvailableTss : BusyTss, present = 1 };
        sregs.ldt = new kvm_segment { unusable = 1 };
        sregs.gdt.@base = GuestLayout.VcpuBlock(vcpu.Id);
        sregs.gdt.limit = GuestLayout.TssSelector + 15;
        sregs.idt.@base = GuestLayout.Idt;
        sregs.idt.limit = GuestLayout.PageSize - 1;
        sregs.cr0 = Cr0;
        sregs.cr3 = pageTableRoot;
        sregs.cr4 = s_cr4;
        sregs.efer = Efer;
        vcpu.SetSregs(sregs);
        vcpu.SetXsave(InitialXsave());
        vcpu.SetMsrs(
        [
            new kvm_msr_entry { index = MsrStar, data = (ulong)GuestLayout.UserCs32 << 48 | (ulong)GuestLayout.KernelCs << 32 },
            new kvm_msr_entry { index = MsrLstar, data = GuestLayout.SyscallStub },
            new kvm_msr_entry { index = MsrSfmask, data = SyscallFlagMask },
        ]);
        vcpu.Regs = new kvm_regs { rip = rip, rsp = rsp, rflags = InitialFlags };
        vcpu.SetRegsDirty();
    }

    /// <summary>arch_prctl(ARCH_SET_FS) and CLONE_SETTLS.</summary>
    public static void SetFsBase(KvmVcpu vcpu, ulong value) => vcpu.SetMsrs([new kvm_msr_entry { index = MsrFsBase, data = value }]);

    /// <summary>arch_prctl(ARCH_SET_GS).</summary>
    public static void SetGsBase(KvmVcpu vcpu, ulong value) => vcpu.SetMsrs([new kvm_msr_entry { index = MsrGsBase, data = value }]);

    private static bool IsSvm => Cpuid.Read(0, 0).IsAmd;

    // XSTATE_BV = 0 puts every component into its initial state; FCW and MXCSR are given for hosts that read them all the same.
    private static byte[] InitialXsave()
    {
        const int MxcsrOffset = 24;
        byte[] area = new byte[Unsafe.SizeOf<kvm_xsave>()];
        BitConverter.TryWriteBytes(area, (ushort)0x37F);
        BitConverter.TryWriteBytes(area.AsSpan(MxcsrOffset), 0x1F80);
        return area;
    }

    private static kvm_segment Segment(ushort selector, byte type, byte dpl, bool code) => new()
    {
        limit = 0xFFFF_FFFF,
        selector = selector,
        type = type,
        present = 1,
        dpl = dpl,
        db = (byte)(code ? 0 : 1),
        s = 1,
        l = (byte)(code ? 1 : 0),
        g = 1,
    };

    private static ulong SupportedXcr0(ReadOnlySpan<kvm_cpuid_entry2> cpuid)
    {
        const ulong X87AndSse = 3;
        foreach (ref readonly kvm_cpuid_entry2 entry in cpuid)
        {
            if (entry.function == 0xD && entry.index == 0)
            {
                // Of the optional state only AVX and AVX-512 are wanted: kvm_xsave's 4 KiB cannot hold AMX tiles.
                return (entry.eax & 0xE7) | X87AndSse;
            }
        }

        return X87AndSse;
    }
}
