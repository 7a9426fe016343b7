namespace PollScale.HostStub.Tests.Hostile;

/// <summary>Every guest program and case with its end: the table of <see cref="HostileGuestTests"/>.</summary>
internal static class HostileGuests
{
    private const string PageFault = "page fault (#PF)", Protection = "general protection fault (#GP)", NoUserAddress = "which is no user address";

    public static IEnumerable<Expected> All => [.. Jumps, .. Instructions, .. Devices, .. Syscalls, .. Memory, .. Threads, .. Signals, .. Children];

    private static IEnumerable<Expected> Jumps =>
    [
        Expected.Dies("jump", "null", $"{PageFault} executing 0x0 at rip 0x0"),
        Expected.Dies("jump", "unmapped", $"{PageFault} executing 0x500000000 at rip 0x500000000"),
        Expected.Dies("jump", "non-canonical", Protection, NoUserAddress),
        Expected.Dies("jump", "kernel-half", $"{PageFault} executing 0xffff800000000000", NoUserAddress, Protection),
        Expected.Dies("jump", "data", $"{PageFault} executing"),
        Expected.Dies("jump", "stack", $"{PageFault} executing"),
        Expected.Dies("jump", "status-page", $"{PageFault} executing"),
        Expected.Dies("jump", "status-page-exec", PageFault, "#GP", "#UD", "KVM"),
        Expected.Dies("jump", "doorbell-page-exec", "KVM could not emulate", "without memory", PageFault, "KVM failed", "(#UD)"),
        Expected.Dies("jump", "exception-stub", $"{PageFault} executing 0x110e0"),
        Expected.Exits("jump", "syscall-stub").OrDies("at rip 0x12002"),
        Expected.Dies("jump", "syscall-stub-non-canonical", NoUserAddress, "at rip 0x12002"),
        Expected.Dies("jump", "syscall-stub-kernel-rip", $"{PageFault} executing 0x11000", "at rip 0x12002"),
        Expected.Exits("jump", "syscall-stub-flags").OrDies("at rip 0x12002"),
        Expected.Dies("jump", "syscall-stub-trap-flag", "debug exception (#DB)", "at rip 0x12002"),
        Expected.Exits("jump", "syscall-stub-stack").OrDies("at rip 0x12002"),
        Expected.Exits("jump", "iret-stub"),
        Expected.Dies("jump", "iret-stub-kernel", Protection),
        Expected.Dies("jump", "iret-stub-compat", "#PF", "#GP", "#UD", "#SS").OrDies("."),
        Expected.Dies("jump", "read-null", $"{PageFault} reading 0x8"),
        Expected.Dies("jump", "read-idt", $"{PageFault} reading 0x10000"),
        Expected.Dies("jump", "read-vcpu-block", $"{PageFault} reading 0x20000"),
        Expected.Dies("jump", "write-vcpu-stack", $"{PageFault} writing 0x23fd8"),
        Expected.Dies("jump", "write-syscall-stub", $"{PageFault} writing 0x12000"),
        Expected.Dies("jump", "read-kernel-half", $"{PageFault} reading 0xffff800000000000"),
        Expected.Dies("jump", "read-non-canonical", Protection),
        Expected.Dies("jump", "read-last-page", $"{PageFault} reading 0x7ffffffff000"),
        Expected.Dies("jump", "write-code", $"{PageFault} writing"),
        Expected.Dies("jump", "write-constant", $"{PageFault} writing"),
    ];

    private static IEnumerable<Expected> Instructions =>
    [
        Expected.Dies("instructions", "divide", "divide error (#DE)"),
        Expected.Dies("instructions", "int3", "breakpoint (#BP)"),
        Expected.Dies("instructions", "ud2", "invalid opcode (#UD)"),
        Expected.Dies("instructions", "icebp", "debug exception (#DB)"),
        Expected.Dies("instructions", "int80", Protection, "(#NP)"),
        Expected.Dies("instructions", "int81", Protection, "(#NP)"),
        Expected.Dies("instructions", "int14", Protection),
        .. new[]
        {
            "hlt", "cli", "sti", "clts", "read_cr3", "write_cr3", "write_cr4", "write_dr7", "rdmsr", "wrmsr", "lgdt", "lidt", "lldt", "ltr",
            "swapgs", "invlpg", "wbinvd", "invd", "xsetbv", "iretq_kernel", "load_kernel_ss", "load_wild_ds", "far_call",
            "in_60", "out_60", "in_3f8", "out_cf8", "in_after_doorbells", "in_before_doorbells", "in_ffff", "misaligned_sse", "out_80_32",
        }.Select(name => Expected.Dies("instructions", name, Protection)),
        Expected.Dies("instructions", "sysretq", Protection, "(#UD)"),
        Expected.Dies("instructions", "vmcall", Protection, "(#UD)") with { Or = Expected.Exits("instructions", "vmcall") },
        Expected.Exits("instructions", "vmmcall").OrDies(Protection, "(#UD)", PageFault), // KVM may try to patch the instruction
        Expected.Dies("instructions", "trap_flag", "debug exception (#DB)"),
        Expected.Exits("instructions", "nested_task"),
        Expected.Dies("instructions", "nested_task_iretq", Protection),
        Expected.Dies("instructions", "alignment_check", "alignment check (#AC)"),
        Expected.Exits("instructions", "alignment_check_syscall").OrDies("alignment check (#AC)"),
        Expected.Exits("instructions", "direction_flag"),
        Expected.Dies("instructions", "sse_fault", "SIMD error (#XM)"),
        Expected.Dies("instructions", "x87_fault", "x87 error (#MF)"),
        Expected.Exits("instructions", "sgdt"),
        Expected.Exits("instructions", "in_80").OrDies(Protection),
        Expected.Exits("instructions", "out_80").OrDies(Protection),
        Expected.Dies("instructions", "out_81", Protection),
        Expected.Exits("instructions", "rep_insb"),
        Expected.Exits("instructions", "rep_outsb"),
        Expected.Dies("instructions", "rep_insb_null", $"{PageFault} writing 0x0"),
        Expected.Dies("instructions", "rep_insb_kernel", $"{PageFault} writing 0x20000"),
        Expected.Exits("instructions", "out_doorbell"),
        Expected.Exits("instructions", "doorbells_from_ports_end"),
        Expected.Exits("instructions", "wrpkru").OrDies("(#UD)", Protection),
        Expected.Dies("instructions", "stack_overflow", $"{PageFault} writing"),
    ];

    private static IEnumerable<Expected> Devices =>
    [
        Expected.Dies("devices", "write-status", "wrote 4 bytes", "page fault (#PF) writing"),
        Expected.Dies("devices", "write-status-8", "the read-only status page", "page fault (#PF) writing"),
        Expected.Dies("devices", "lock-status", "status page", "KVM could not emulate", "page fault (#PF) writing"),
        Expected.Dies("devices", "write-status-read-only", "page fault (#PF) writing"),
        Expected.Dies("devices", "write-doorbell", "wrote 4 bytes at GPA 0xd0001000, the doorbell page"),
        Expected.Dies("devices", "lock-doorbell", "the doorbell page", "KVM could not emulate"),
        Expected.Exits("devices", "sse-load").OrDies("KVM could not emulate"),
        Expected.Dies("devices", "sse-store", "the doorbell page", "KVM could not emulate"),
        Expected.Exits("devices", "avx-load").OrDies("KVM could not emulate", "(#UD)"),
        Expected.Dies("devices", "avx-store", "the doorbell page", "KVM could not emulate", "(#UD)"),
        Expected.Exits("devices", "string-load"),
        Expected.Exits("devices", "push-from-doorbell").OrDies("KVM could not emulate"),
        Expected.Dies("devices", "stack-in-doorbell", "the doorbell page"),
        Expected.Dies("devices", "stack-in-status", "status page", "page fault (#PF) writing"),
        Expected.Exits("devices", "past-doorbell").OrDies(PageFault),
        Expected.Exits("devices", "sizes"),
        Expected.Exits("devices", "wrong-mappings"),
        Expected.Exits("devices", "syscall-pointers"),
        Expected.Exits("devices", "corrupt-region"),
        Expected.Exits("devices", "remap"),
        Expected.Dies("devices", "region-after-unmap", $"{PageFault} writing"),
        Expected.Dies("devices", "region-read-only", $"{PageFault} writing"),
    ];

    private static IEnumerable<Expected> Syscalls =>
    [
        Expected.Exits("syscalls", "uniform"),
        Expected.Exits("syscalls", "lengths"),
        Expected.Exits("syscalls", "unknown"),
        Expected.Exits("syscalls", "bad-pointers"),
        Expected.Exits("syscalls", "descriptors"),
        Expected.Exits("syscalls", "exit-status 0", 0),
        Expected.Exits("syscalls", "exit-status 1", 1),
        Expected.Exits("syscalls", "exit-status 9", 9),
        Expected.Exits("syscalls", "exit-status x", 255),
        Expected.Exits("syscalls", "thread-exit-status", 7),
    ];

    private static IEnumerable<Expected> Memory =>
    [
        .. new[]
        {
            "protect-small", "protect-large", "execute", "flush-race", "absurd", "many", "exhaust-small", "exhaust-large", "exhaust-odd",
            "exhausted-split", "over-system", "breaks",
        }.Select(name => Expected.Exits("memory", name)),
        Expected.Dies("memory", "unmap-stack", PageFault, "cannot hold a signal frame"),
        Expected.Dies("memory", "unmap-code", PageFault),
        Expected.Dies("memory", "map-over-code", PageFault),
        Expected.Exits("zeroes", ""),
    ];

    private static IEnumerable<Expected> Threads =>
    [
        .. new[]
        {
            "ping-pong", "create-join", "create-join-500", "detached", "conditions", "pipes", "clocks", "restart", "two-signals",
            "blocked-signals", "signal-storm", "signal-in-fault", "limit", "bad-clones", "kill-group",
        }.Select(name => Expected.Exits("threads", name)),
        Expected.Exits("threads", "main-leaves", 5),
        Expected.Exits("threads", "spin-while-main-exits", 4),
    ];

    private static IEnumerable<Expected> Signals =>
    [
        Expected.Exits("signals", "sigreturn-good"),
        Expected.Dies("signals", "sigreturn-unmapped", "SIGSEGV"),
        Expected.Dies("signals", "sigreturn-null", "SIGSEGV"),
        Expected.Dies("signals", "sigreturn-kernel", "SIGSEGV"),
        Expected.Dies("signals", "sigreturn-blocked", "SIGSEGV"),
        Expected.Dies("signals", "sigreturn-zeroes", $"{PageFault} executing 0x0"),
        Expected.Dies("signals", "sigreturn-rip", NoUserAddress),
        Expected.Dies("signals", "sigreturn-rip-stub", $"{PageFault} executing 0x11060"),
        Expected.Exits("signals", "sigreturn-flags"),
        Expected.Dies("signals", "sigreturn-trap-flag", "debug exception (#DB)"),
        Expected.Exits("signals", "sigreturn-segments"),
        Expected.Dies("signals", "sigreturn-stack", "(#SS)", Protection, PageFault),
        Expected.Dies("signals", "recurse", "cannot hold a signal frame"),
        Expected.Dies("signals", "recurse-blocked", $"{PageFault} writing 0x8"),
        Expected.Dies("signals", "recurse-alternate", "cannot hold a signal frame"),
        Expected.Exits("signals", "overflow-alternate", 33),
        Expected.Dies("signals", "overflow-no-alternate", "cannot hold a signal frame"),
        Expected.Dies("signals", "alternate-unmapped", "cannot hold a signal frame"),
        Expected.Dies("signals", "alternate-kernel", "cannot hold a signal frame"),
        Expected.Dies("signals", "alternate-wrapped", "cannot hold a signal frame"),
        Expected.Exits("signals", "alternate-small"),
        Expected.Dies("signals", "handler-non-canonical", NoUserAddress),
        Expected.Dies("signals", "handler-unmapped", "cannot hold a signal frame"),
        Expected.Dies("signals", "no-restorer", $"{PageFault} executing 0x0"),
        Expected.Dies("signals", "blocked-fault", $"{PageFault} writing 0x8"),
        Expected.Dies("signals", "ignored-fault", $"{PageFault} writing 0x8"),
        Expected.Exits("signals", "skip"),
        Expected.Dies("signals", "wild-rip", NoUserAddress),
        Expected.Dies("signals", "wild-stack", "(#SS)", Protection, PageFault),
        Expected.Dies("signals", "kill-self", "SIGKILL"),
        Expected.Dies("signals", "abort", "SIGABRT"),
        Expected.Dies("signals", "stop-self", "SIGSTOP"),
        Expected.Exits("signals", "all-signals"),
    ];

    private static IEnumerable<Expected> Children =>
    [
        .. new[]
        {
            "exit", "faults", "kills", "alarm-child", "handlers", "blocked", "state", "wait", "limits", "alarm", "clones",
            "storm", "never-reaped", "storm-threads", "kill-beside", "wait-beside",
        }.Select(name => Expected.Exits("vfork", name)),

        // Afterwards the program's own handler takes a fault: the child did not reset it.
        Expected.Exits("vfork", "probe-vmcall", 71),
        Expected.Exits("vfork", "probe-vmmcall", 71),
        Expected.Exits("vfork", "exit-group-beside", 78),
        Expected.Dies("vfork", "alarm-kills", "SIGALRM, of its alarm"),
        Expected.Dies("vfork", "kill-parent", "SIGKILL"),
        Expected.Dies("vfork", "unmap", $"{PageFault} writing"),
        Expected.Dies("vfork", "unmap-stack", PageFault, "cannot hold a signal frame"),
    ];
}
