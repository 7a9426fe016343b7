using PollScale.Native;
using Xunit;

namespace PollScale.Tests.Native;

[Collection("children")]
public unsafe class CrashSafeProbeTests
{
    // What a guest of PollScale says first: a call that changes nothing, whoever answers.
    private const ulong HelloNumber = 0x5053_0000;
    private const long HelloArgument = 1;

    [Fact]
    public void A_result_comes_back_whole() => Assert.Equal(
        new ProbeResult(ProbeOutcome.Usable, 0x1_0000_0005),
        Run([0x48, 0x8D, 0x04, 0x37, 0xC3], 0x1_0000_0002, 3)); // lea rax, [rdi + rsi]; ret

    [Fact]
    public void A_negative_result_is_a_refusal() => Assert.Equal(
        new ProbeResult(ProbeOutcome.Refused, -1000),
        Run([0x48, 0x89, 0xF8, 0xC3], -1000, 0)); // mov rax, rdi; ret

    [Fact]
    public void An_illegal_instruction_kills_only_the_child() => Assert.Equal(
        new ProbeResult(ProbeOutcome.Killed, LibC.SIGILL),
        Run([0x0F, 0x0B], 0, 0)); // ud2

    [Fact]
    public void A_null_load_kills_only_the_child() => Assert.Equal(
        new ProbeResult(ProbeOutcome.Killed, LibC.SIGSEGV),
        Run([0x8B, 0x07, 0xC3], 0, 0)); // mov eax, [rdi]; ret

    [Fact]
    public void A_breakpoint_kills_only_the_child() => Assert.Equal(
        new ProbeResult(ProbeOutcome.Killed, LibC.SIGTRAP),
        Run([0xCC], 0, 0)); // int3

    [Fact]
    public void A_hanging_instruction_times_out() => Assert.Equal(
        new ProbeResult(ProbeOutcome.TimedOut, 0),
        Run([0xEB, 0xFE], 0, 0)); // jmp $

    [Theory]
    [InlineData(ProbeOutcome.Usable, 65557, "usable, answered 65557")]
    [InlineData(ProbeOutcome.Refused, -1, "refused, answered -1")]
    [InlineData(ProbeOutcome.Killed, LibC.SIGSEGV, "killed by SIGSEGV")]
    [InlineData(ProbeOutcome.TimedOut, 0, "hanging: no answer within 2 s")]
    [InlineData(ProbeOutcome.CouldNotRun, LibC.ENOSYS, "not tried: no child process (Function not implemented)")]
    public void Each_outcome_has_a_phrase(object outcome, long value, string phrase) =>
        Assert.Equal(phrase, new ProbeResult((ProbeOutcome)outcome, value).ToString());

    [Fact]
    public void The_child_works_on_memory_of_the_parent()
    {
        long word = 1;
        ProbeResult result = Run([0x48, 0x89, 0x37, 0x31, 0xC0, 0xC3], (long)&word, 42); // mov [rdi], rsi; xor eax, eax; ret

        Assert.Equal((ProbeOutcome.Usable, 42L), (result.Outcome, word));
    }

    [Fact]
    public void A_child_that_uses_its_stack_and_dies_leaves_the_callers_frame_whole()
    {
        // sub rsp, 4096; mov ecx, 512; mov rdi, rsp; mov rax, -1; rep stosq; ud2
        byte[] code = [0x48, 0x81, 0xEC, 0, 0x10, 0, 0, 0xB9, 0, 2, 0, 0, 0x48, 0x89, 0xE7, 0x48, 0xC7, 0xC0, 0xFF, 0xFF, 0xFF, 0xFF, 0xF3, 0x48, 0xAB, 0x0F, 0x0B];
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(new ProbeResult(ProbeOutcome.Killed, LibC.SIGILL), Run(code, i, i));
        }
    }

    [Fact]
    public void Other_threads_and_the_collector_go_on_while_a_child_hangs()
    {
        using CancellationTokenSource over = new();
        int collections = 0;
        Thread collector = new(() =>
        {
            while (!over.IsCancellationRequested)
            {
                GC.Collect();
                collections++;
            }
        });
        collector.Start();
        ProbeResult result = Run([0xEB, 0xFE], 0, 0); // jmp $
        over.Cancel();
        collector.Join();

        Assert.Equal(ProbeOutcome.TimedOut, result.Outcome);
        Assert.True(collections > 1, $"{collections} collections in 2 s");
    }

    [Fact]
    public void Both_hypercall_instructions_can_be_tried_on_any_machine()
    {
        ProbeResult vmcall = CrashSafeProbe.TryVmcall(HelloNumber, HelloArgument);
        ProbeResult vmmcall = CrashSafeProbe.TryVmmcall(HelloNumber, HelloArgument);
        TestContext.Current.TestOutputHelper?.WriteLine($"vmcall {vmcall}; vmmcall {vmmcall}");

        Assert.NotEqual(ProbeOutcome.CouldNotRun, vmcall.Outcome);
        Assert.NotEqual(ProbeOutcome.CouldNotRun, vmmcall.Outcome);
    }

    [Fact]
    public void No_zombie_is_left()
    {
        Run([0xC3], 0, 0);
        int status;
        int waited = LibC.waitpid(-1, &status, LibC.WNOHANG | LibC.__WALL);

        Assert.True(waited <= 0);
    }

    [Fact]
    public void Many_probes_in_a_busy_process_all_end()
    {
        Parallel.For(0, 32, i =>
        {
            byte[] garbage = new byte[256 * 1024];
            Assert.Equal(new ProbeResult(ProbeOutcome.Usable, i), Run([0x48, 0x89, 0xF8, 0xC3], i, garbage.Length));
        });
    }

    private static ProbeResult Run(byte[] code, long a, long b)
    {
        using CodePage page = new(code);
        return CrashSafeProbe.Run(page.AddressOf(0), a, b);
    }
}
