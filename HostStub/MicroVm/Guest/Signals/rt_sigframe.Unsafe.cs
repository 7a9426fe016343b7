using System.Runtime.InteropServices;
using PollScale.HostStub.Kvm.Abi;

namespace PollScale.HostStub.Guest.Signals;

/// <summary>Mirrors struct sigcontext of x86-64 (asm/sigcontext.h).</summary>
[StructLayout(LayoutKind.Sequential)]
// SAFETY: a fixed buffer only; it is copied as a value.
internal unsafe struct sigcontext
{
    public ulong r8, r9, r10, r11, r12, r13, r14, r15;
    public ulong rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip;
    public ulong eflags;
    public ushort cs, gs, fs, ss;
    public ulong err, trapno, oldmask, cr2;
    public ulong fpstate;
    public fixed ulong reserved1[8];

    /// <summary>CF PF AF ZF SF TF DF OF RF AC: the flags a handler may change.</summary>
    private const ulong UserFlags = 0x5_0DD5;

    private const ulong FixedFlags = 0x202;

    public static sigcontext From(in kvm_regs regs) => new()
    {
        r8 = regs.r8, r9 = regs.r9, r10 = regs.r10, r11 = regs.r11, r12 = regs.r12, r13 = regs.r13, r14 = regs.r14, r15 = regs.r15,
        rdi = regs.rdi, rsi = regs.rsi, rbp = regs.rbp, rbx = regs.rbx, rdx = regs.rdx, rax = regs.rax, rcx = regs.rcx,
        rsp = regs.rsp, rip = regs.rip, eflags = regs.rflags, cs = Machine.GuestLayout.UserCs, ss = Machine.GuestLayout.UserSs,
    };

    /// <summary>Flags as the guest may have them, from flags it forged.</summary>
    public static ulong SafeFlags(ulong flags) => (flags & UserFlags) | FixedFlags;

    public readonly kvm_regs ToRegs() => new()
    {
        r8 = r8, r9 = r9, r10 = r10, r11 = r11, r12 = r12, r13 = r13, r14 = r14, r15 = r15,
        rdi = rdi, rsi = rsi, rbp = rbp, rbx = rbx, rdx = rdx, rax = rax, rcx = rcx,
        rsp = rsp, rip = rip, rflags = SafeFlags(eflags),
    };
}

/// <summary>Mirrors struct ucontext of x86-64 (asm/ucontext.h), 304 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ucontext
{
    public ulong uc_flags;
    public ulong uc_link;
    public SignalStack uc_stack;
    public sigcontext uc_mcontext;
    public ulong uc_sigmask;
}

/// <summary>Mirrors siginfo_t of the signals there are here: 128 bytes.</summary>
[StructLayout(LayoutKind.Explicit, Size = 128)]
internal struct siginfo
{
    [FieldOffset(0)] public int si_signo;
    [FieldOffset(4)] public int si_errno;
    [FieldOffset(8)] public int si_code;
    [FieldOffset(16)] public ulong si_addr;
    [FieldOffset(16)] public int si_pid;
    [FieldOffset(16)] public int si_tid;
    [FieldOffset(20)] public int si_uid;
    [FieldOffset(20)] public int si_overrun;
    [FieldOffset(24)] public int si_status;
    [FieldOffset(24)] public ulong si_value;

    public static siginfo From(SignalInfo signal)
    {
        siginfo info = new() { si_signo = signal.Number, si_code = signal.Code };
        if (signal.Timer is { } timer)
        {
            (info.si_tid, info.si_overrun, info.si_value) = (timer.Id, timer.Overrun, timer.Value);
        }
        else if (signal.IsFault)
        {
            info.si_addr = signal.Address;
        }
        else
        {
            (info.si_pid, info.si_status) = (signal.Sender, signal.Status);
        }

        return info;
    }
}

/// <summary>Mirrors struct rt_sigframe of x86-64 (arch/x86/include/asm/sigframe.h), 440 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct rt_sigframe
{
    public ulong pretcode;
    public ucontext uc;
    public siginfo info;
}
