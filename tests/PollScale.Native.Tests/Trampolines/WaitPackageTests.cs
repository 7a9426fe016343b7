using System.Diagnostics;
using PollScale.Native;
using Xunit;

namespace PollScale.Tests.Native.Trampolines;

public class WaitPackageTests
{
    private const ulong Soon = 50_000;

    [Theory]
    [InlineData(7, 1u << 5, true)]
    [InlineData(32, 0xFFFF_FFFF, true)]
    [InlineData(7, ~(1u << 5), false)]
    [InlineData(6, 1u << 5, false)]
    public void It_is_bit_5_of_a_leaf_that_there_is(uint last, uint features, bool here) => Assert.Equal(here, WaitPackage.IsIn((leaf, subleaf) => (leaf, subleaf) switch
    {
        (0, 0) => new CpuidLeaf(last, 0, 0, 0),
        (7, 0) => new CpuidLeaf(0, 0, features, 0),
        _ => throw new InvalidOperationException($"leaf {leaf}.{subleaf}"),
    }));

    [Theory]
    [InlineData(WaitPackage.Deep)]
    [InlineData(WaitPackage.Light)]
    public void Each_wait_ends_at_its_deadline_at_the_latest_or_is_taken_up_again(uint control)
    {
        Require();
        uint word = 7;
        ulong pause = NativeCode.Rdtsc() + Soon;
        while (NativeCode.Rdtsc() < pause)
        {
            NativeCode.Tpause(control, pause);
        }

        ulong monitor = NativeCode.Rdtsc() + Soon;
        while (NativeCode.Rdtsc() < monitor)
        {
            NativeCode.Umwait(in word, 7, control, monitor);
        }
    }

    [Fact]
    public void A_word_that_is_another_already_and_a_time_that_is_past_are_not_waited_for()
    {
        Require();
        uint word = 7;
        Stopwatch time = Stopwatch.StartNew();
        Assert.False(NativeCode.Umwait(in word, 8, WaitPackage.Deep, ulong.MaxValue));
        Assert.False(NativeCode.Tpause(WaitPackage.Deep, 1));
        Assert.False(NativeCode.Umwait(in word, 7, WaitPackage.Deep, 1));
        Assert.InRange(time.Elapsed.TotalSeconds, 0, 10);
    }

    private static void Require() => Assert.SkipUnless(WaitPackage.IsHere, "This CPU has no WAITPKG (CPUID.7.0:ECX[5] is 0).");
}
