using PollScale.HostStub.Kvm.Abi;

namespace PollScale.HostStub.Guest.Syscalls;

/// <summary>A system call's number and arguments, from the registers of the x86-64 convention.</summary>
internal readonly record struct SyscallArgs(ulong Number, ulong A0, ulong A1, ulong A2, ulong A3, ulong A4, ulong A5)
{
    public static SyscallArgs From(in kvm_regs regs) => new(regs.rax, regs.rdi, regs.rsi, regs.rdx, regs.r10, regs.r8, regs.r9);
}
