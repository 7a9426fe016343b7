using System.Text;
using PollScale.HostStub.Guest;
using PollScale.HostStub.Kvm.Abi;

namespace PollScale.HostStub.Exits;

/// <summary>What an operator needs to find out why a guest died.</summary>
internal static class FailureReport
{
    /// <summary>Registers, code at rip, last system calls.</summary>
    public static string Build(GuestProcess process, GuestThread thread, in kvm_regs regs, string reason)
    {
        StringBuilder text = new();
        text.AppendLine($"reason: {reason}");
        text.AppendLine($"thread {thread.Tid}, vCPU {thread.Vcpu.Id}, host CPU {thread.PCpu}");
        text.AppendLine($"rip {regs.rip:x16}  rsp {regs.rsp:x16}  rflags {regs.rflags:x8}");
        text.AppendLine($"rax {regs.rax:x16}  rbx {regs.rbx:x16}  rcx {regs.rcx:x16}  rdx {regs.rdx:x16}");
        text.AppendLine($"rsi {regs.rsi:x16}  rdi {regs.rdi:x16}  rbp {regs.rbp:x16}  r8  {regs.r8:x16}");
        text.AppendLine($"r9  {regs.r9:x16}  r10 {regs.r10:x16}  r11 {regs.r11:x16}  r12 {regs.r12:x16}");
        text.AppendLine($"r13 {regs.r13:x16}  r14 {regs.r14:x16}  r15 {regs.r15:x16}");
        Span<byte> code = stackalloc byte[16];
        text.AppendLine(process.Space.TryRead(regs.rip, code) ? $"code at rip: {Convert.ToHexStringLower(code)}" : "code at rip: not mapped");
        text.AppendLine($"system calls: {process.Syscalls.Total}; not answered: {Unanswered(process.Syscalls)}; the last:");
        foreach (string line in process.Syscalls.Last())
        {
            text.AppendLine("  " + line);
        }

        return text.ToString();
    }

    private static string Unanswered(SyscallLog log) =>
        log.Unanswered is { Count: > 0 } calls ? string.Join(", ", calls.Select(pair => $"{pair.Key} {pair.Value}x")) : "none";
}
