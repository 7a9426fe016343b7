using Iced.Intel;
using PollScale.Native.Trampolines;
using Xunit;

namespace PollScale.Tests.Native.Trampolines;

public class TrampolineTests
{
    [Fact]
    public void Vmcall_saves_rbx_and_passes_the_argument_twice() => Expect(
        VmcallTrampoline.Code,
        "endbr64", "push rbx", "mov rax,rdi", "mov rbx,rsi", "mov rdi,rsi", "mov rcx,rdx", "vmcall", "pop rbx", "ret");

    [Fact]
    public void Vmmcall_saves_rbx_and_passes_the_argument_twice() => Expect(
        VmmcallTrampoline.Code,
        "endbr64", "push rbx", "mov rax,rdi", "mov rbx,rsi", "mov rdi,rsi", "mov rcx,rdx", "vmmcall", "pop rbx", "ret");

    [Fact]
    public void Port_reads_four_bytes() => Expect(PortTrampoline.Code, "endbr64", "mov edx,edi", "in eax,dx", "ret");

    [Fact]
    public void Mmio_is_one_plain_load() => Expect(MmioTrampoline.Code, "endbr64", "mov eax,[rdi]", "ret");

    [Fact]
    public void Rdtsc_joins_the_halves() => Expect(RdtscTrampoline.Code, "endbr64", "rdtsc", "shl rdx,20h", "or rax,rdx", "ret");

    [Fact]
    public void Rdtscp_stores_the_aux_register() => Expect(
        RdtscpTrampoline.Code,
        "endbr64", "rdtscp", "mov [rdi],ecx", "shl rdx,20h", "or rax,rdx", "ret");

    [Fact]
    public void Tpause_takes_the_deadline_in_halves_and_tells_what_ended_it() => Expect(
        TpauseTrampoline.Code,
        "endbr64", "mov eax,esi", "mov rdx,rsi", "shr rdx,20h", "tpause edi", "setb al", "movzx eax,al", "ret");

    [Fact]
    public void Umwait_looks_at_the_word_after_it_is_watched_and_before_it_waits() => Expect(
        UmwaitTrampoline.Code,
        "endbr64", "mov r8d,edx", "mov eax,ecx", "mov rdx,rcx", "shr rdx,20h",
        "umonitor rdi", "cmp [rdi],esi", "jne short 0000000000000024h", "umwait r8d", "setb al", "movzx eax,al", "ret", "xor eax,eax", "ret");

    [Fact]
    public void Vfork_probe_resets_signals_before_it_calls() => Expect(
        VforkProbeTrampoline.Code,
        "endbr64", "push rbx", "push r12", "push r13", "push r14", "push r15", "sub rsp,30h",
        "mov r12,rdi", "mov r13,rsi", "mov r14,rdx", "mov r15,rcx",
        "mov eax,38h", "mov edi,4100h", "xor esi,esi", "xor edx,edx", "xor r10d,r10d", "xor r8d,r8d", "syscall",
        "test rax,rax", "je short 0000000000000046h",
        "add rsp,30h", "pop r15", "pop r14", "pop r13", "pop r12", "pop rbx", "ret",
        "xor eax,eax", "mov [rsp],rax", "mov [rsp+8],rax", "mov [rsp+10h],rax", "mov [rsp+18h],rax", "mov ebx,1Fh",
        "mov eax,0Dh", "mov edi,ebx", "mov rsi,rsp", "xor edx,edx", "mov r10d,8", "syscall", "dec ebx", "jne short 0000000000000060h",
        "mov eax,0Eh", "mov edi,2", "mov rsi,rsp", "xor edx,edx", "mov r10d,8", "syscall",
        "mov eax,0A0h", "mov edi,4", "mov qword ptr [rsp],1", "mov qword ptr [rsp+8],1", "mov rsi,rsp", "syscall",
        "mov eax,25h", "mov edi,2", "syscall",
        "mov rdi,r13", "mov rsi,r14", "call r12", "mov [r15],rax", "mov eax,0E7h", "xor edi,edi", "syscall", "ud2");

    private static void Expect(ReadOnlySpan<byte> code, params string[] expected)
    {
        byte[] bytes = code.ToArray();
        Decoder decoder = Decoder.Create(64, bytes);
        IntelFormatter formatter = new();
        formatter.Options.SpaceAfterOperandSeparator = false;
        List<string> actual = [];
        while (decoder.IP < (ulong)bytes.Length)
        {
            StringOutput output = new();
            formatter.Format(decoder.Decode(), output);
            actual.Add(output.ToStringAndReset());
        }

        Assert.Equal(expected, actual);
        Assert.Equal((ulong)bytes.Length, decoder.IP);
    }
}
