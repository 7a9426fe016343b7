using System.Runtime.Intrinsics.X86;
using PollScale.GuestProbe.Registers;
using PollScale.Native;
using Xunit;

namespace PollScale.Tests.QueueScaler.GuestProbe;

public unsafe class RegisterHarnessTests
{
    [Fact]
    public void An_instruction_that_does_nothing_changes_nothing() => Assert.Empty(Changed([0x90])); // nop

    [Theory]
    [InlineData("31DB", "rbx", "flags")]               // xor ebx, ebx
    [InlineData("48FFC1", "rcx", "flags")]             // inc rcx
    [InlineData("48F7D2", "rdx")]                      // not rdx
    [InlineData("48F7D5", "rbp")]                      // not rbp
    [InlineData("48F7D6", "rsi")]                      // not rsi
    [InlineData("48F7D7", "rdi")]                      // not rdi
    [InlineData("50", "rsp")]                          // push rax
    [InlineData("49F7D0", "r8")]                       // not r8
    [InlineData("49F7D1", "r9")]                       // not r9
    [InlineData("49F7D2", "r10")]                      // not r10
    [InlineData("49F7D3", "r11")]                      // not r11
    [InlineData("49F7D4", "r12")]                      // not r12
    [InlineData("49F7D5", "r13")]                      // not r13
    [InlineData("49F7D6", "r14")]                      // not r14
    [InlineData("49F7D7", "r15")]                      // not r15
    [InlineData("F5", "flags")]                        // cmc
    [InlineData("6A000FAE142458", "mxcsr")]            // push 0; ldmxcsr [rsp]; pop rax
    public void Each_general_register_is_watched(string code, params string[] names) => Assert.Equal(names, Changed(Convert.FromHexString(code)));

    [Fact]
    public void Each_vector_register_is_watched_to_its_last_byte()
    {
        Assert.SkipUnless(Avx2.IsSupported, "This CPU has no AVX2.");
        for (int register = 0; register < 16; register++)
        {
            // vinserti128 ymm, ymm, xmm, 1 puts the low half of the same register into its high half.
            byte rex = (byte)(register >= 8 ? 0x43 : 0xE3);
            byte vvvv = (byte)((~register & 15) << 3);
            byte[] code = [0xC4, rex, (byte)(0x05 | vvvv), 0x38, (byte)(0xC0 | (register & 7) << 3 | (register & 7)), 0x01];
            Assert.Equal([$"ymm{register}"], Changed(code));
        }
    }

    [Fact]
    public void Registers_a_call_may_change_are_not_reported_for_one()
    {
        using CodePage page = new([0x31, 0xC9, 0x31, 0xD2, 0x45, 0x31, 0xDB, 0xF5, 0x49, 0xF7, 0xD4, 0xC3]); // xor ecx, ecx; xor edx, edx; xor r11d, r11d; cmc; not r12; ret
        using RegisterHarness harness = new([0xFF, 0xD0]);
        Assert.Equal([Register.R12], harness.Changed([(Register.Rax, (ulong)page.AddressOf(0))], RegisterHarness.CalleeSaved));
    }

    [Fact]
    public void The_trampoline_of_a_load_keeps_what_a_caller_expects()
    {
        uint value = 5;
        using RegisterHarness harness = new([0xFF, 0xD0]);
        Assert.Empty(harness.Changed([(Register.Rax, (ulong)NativeCode.MmioReadAddress), (Register.Rdi, (ulong)&value)], RegisterHarness.CalleeSaved));
    }

    private static List<string> Changed(byte[] code)
    {
        using RegisterHarness harness = new(code);
        return [.. harness.Changed([], RegisterHarness.AllButRax).Select(RegisterHarness.Name)];
    }
}
