using System.Runtime.InteropServices;
using PollScale.HostStub.Guest.Signals;
using PollScale.HostStub.Guest.Syscalls;
using PollScale.HostStub.Kvm.Abi;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.HostStub.Tests.Kvm.Abi;

public class AbiConformanceTests
{
    private static readonly Dictionary<string, string> s_xcrs = new() { ["xcr0"] = "xcrs[0]" };

    private static readonly Dictionary<string, string> s_run = new() { ["s_regs"] = "s.regs.regs", ["xen"] = "xen", ["io"] = "io" };

    private static readonly Dictionary<string, string> s_xen = new()
    {
        ["longmode"] = "u.hcall.longmode",
        ["cpl"] = "u.hcall.cpl",
        ["input"] = "u.hcall.input",
        ["result"] = "u.hcall.result",
        ["params"] = "u.hcall.params",
    };

    [Fact]
    public void Kvm_structures_are_those_of_the_kernel_headers()
    {
        new HeaderCheck("linux/kvm.h")
            .Struct(typeof(kvm_regs), "struct kvm_regs")
            .Struct(typeof(kvm_segment), "struct kvm_segment")
            .Struct(typeof(kvm_dtable), "struct kvm_dtable")
            .Struct(typeof(kvm_sregs), "struct kvm_sregs")
            .Struct(typeof(kvm_cpuid_entry2), "struct kvm_cpuid_entry2")
            .Struct(typeof(kvm_msr_entry), "struct kvm_msr_entry")
            .Struct(typeof(kvm_xcr), "struct kvm_xcr")
            .Struct(typeof(kvm_xcrs), "struct kvm_xcrs", names: s_xcrs)
            .Struct(typeof(kvm_device_attr), "struct kvm_device_attr")
            .Struct(typeof(kvm_xsave), "struct kvm_xsave")
            .Struct(typeof(kvm_userspace_memory_region), "struct kvm_userspace_memory_region")
            .Struct(typeof(kvm_xen_hvm_config), "struct kvm_xen_hvm_config")
            .Struct(typeof(kvm_xen_exit), "struct kvm_xen_exit", names: s_xen)
            .Struct(typeof(kvm_run), "struct kvm_run", names: s_run)
            .Struct(typeof(kvm_exit_hw), "struct kvm_run", "hw")
            .Struct(typeof(kvm_exit_fail_entry), "struct kvm_run", "fail_entry")
            .Struct(typeof(kvm_exit_io), "struct kvm_run", "io")
            .Struct(typeof(kvm_exit_mmio), "struct kvm_run", "mmio")
            .Struct(typeof(kvm_exit_internal), "struct kvm_run", "internal")
            .Require(atLeast: 200);
    }

    [Fact]
    public void Every_structure_of_the_Abi_folder_is_checked()
    {
        string[] all = [.. typeof(kvm_regs).Assembly.GetTypes().Where(t => t.Namespace == typeof(kvm_regs).Namespace && t.IsValueType && !t.IsEnum && !t.IsNested).Select(t => t.Name)];
        Assert.Equal(19, all.Length);
    }

    [Fact]
    public void Kvm_numbers_are_those_of_the_kernel_headers()
    {
        new HeaderCheck("sys/ioctl.h", "linux/kvm.h")
            .Constants(typeof(KvmIoctl))
            .Constants(typeof(KvmConst))
            .Constants(typeof(KvmExit), "KVM_EXIT_", perhapsMissing: ["MEMORY_FAULT", "NOTIFY"])
            .Require(atLeast: 55);
    }

    [Fact]
    public void Signal_frames_are_those_of_the_kernel_headers()
    {
        Dictionary<string, string> stack = new() { ["Sp"] = "ss_sp", ["Flags"] = "ss_flags", ["Padding"] = "", ["Size"] = "ss_size" };
        Dictionary<string, string> action = new() { ["Handler"] = "sa_handler", ["Flags"] = "sa_flags", ["Restorer"] = "sa_restorer", ["Mask"] = "sa_mask" };
        new HeaderCheck("linux/signal.h", "asm/siginfo.h", "asm/sigcontext.h", "asm/ucontext.h")
            .Struct(typeof(sigcontext), "struct sigcontext")
            .Struct(typeof(ucontext), "struct ucontext")
            .Struct(typeof(siginfo), "siginfo_t")
            .Struct(typeof(SignalStack), "stack_t", names: stack)
            .Struct(typeof(SignalAction), "struct sigaction", names: action)
            .Constants(typeof(SignalStack))
            .Constants(typeof(SignalAction), except: ["SIG_DFL", "SIG_IGN"])
            .Constants(typeof(SignalInfo))
            .Require(atLeast: 80);
        Assert.Equal(8 + 304 + 128, Marshal.SizeOf<rt_sigframe>());
    }

    [Fact]
    public void System_call_numbers_are_those_of_the_headers() =>
        new HeaderCheck("sys/syscall.h").Constants(typeof(SyscallNumber), "SYS_")
            .Require(atLeast: 50);

    [Fact]
    public void A_wrong_number_or_offset_is_caught()
    {
        Assert.SkipUnless(CCompiler.Missing is null, CCompiler.Missing ?? "");
        Assert.Contains("KVM_RUN", new HeaderCheck("linux/kvm.h", "sys/ioctl.h").Constant("KVM_RUN", KvmIoctl.KVM_RUN + 1).Complaints(), StringComparison.Ordinal);
        string? swapped = new HeaderCheck("linux/kvm.h").Struct(typeof(SwappedRegs), "struct kvm_msr_entry").Complaints();
        Assert.Contains("SwappedRegs.reserved", swapped, StringComparison.Ordinal);
        Assert.DoesNotContain("SwappedRegs.data", swapped, StringComparison.Ordinal);
    }

#pragma warning disable CS0649 // Never assigned: only its layout counts.
    [StructLayout(LayoutKind.Sequential)]
    private struct SwappedRegs
    {
        public uint reserved;
        public uint index;
        public ulong data;
    }
#pragma warning restore CS0649
}
