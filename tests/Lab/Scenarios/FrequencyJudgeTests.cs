using PollScale.Lab.Image;
using Xunit;

namespace PollScale.Lab.Scenarios;

/// <summary>The judge of <see cref="RealFrequency"/>, given wrong answers.</summary>
public class FrequencyJudgeTests
{
    private const int Cpu = 1, Asked = 3;
    private static readonly CpuState[] s_before = [Running(2) with { Governor = "userspace" }, Running(0)];
    private static readonly CpuState[] s_right = [s_before[0], Running(Asked) with { Governor = "userspace" }];

    [Fact]
    public void The_right_answer_passes() => Assert.Empty(FrequencyJudge.Request(Cpu, Asked, s_before, s_right));

    [Fact]
    public void A_register_that_stayed_is_caught() =>
        Assert.Equal(["CPU 1: register is 32 instead of 14"], FrequencyJudge.Request(Cpu, Asked, s_before, [s_right[0], s_right[1] with { Register = PStateSsdt.Control(0) }]));

    [Fact]
    public void A_register_of_another_CPU_is_caught() => Assert.Equal(
        ["CPU 0: register is 14 instead of 20", "CPU 1: register is 32 instead of 14"],
        FrequencyJudge.Request(Cpu, Asked, s_before, [s_right[0] with { Register = PStateSsdt.Control(Asked) }, s_right[1] with { Register = PStateSsdt.Control(0) }]));

    [Fact]
    public void Sysfs_that_stayed_is_caught() =>
        Assert.Equal(["CPU 1: scaling_cur_freq is 3200000 instead of 1400000"], FrequencyJudge.Request(Cpu, Asked, s_before, [s_right[0], s_right[1] with { KHz = PStateSsdt.KHz[0] }]));

    [Fact]
    public void The_wrong_CPU_is_caught() => Assert.Equal(4, FrequencyJudge.Request(Cpu, Asked, s_before, [Running(Asked), s_before[1]]).Count);

    [Fact]
    public void Both_CPUs_are_one_too_many() => Assert.Equal(2, FrequencyJudge.Request(Cpu, Asked, s_before, [Running(Asked), s_right[1]]).Count);

    [Fact]
    public void Settings_given_back_pass_whatever_the_frequency() => Assert.Empty(FrequencyJudge.Restored(s_before, [s_before[0], Running(4)]));

    [Fact]
    public void A_skipped_restore_is_caught() =>
        Assert.Equal(["CPU 1: scaling_governor is userspace instead of schedutil"], FrequencyJudge.Restored(s_before, s_right));

    [Theory]
    [InlineData(0, 2_600_000L)]
    [InlineData(1_400_000L, 0)]
    public void Bounds_that_stayed_are_caught(long min, long max)
    {
        CpuState now = s_before[1] with { MinKHz = min > 0 ? min : s_before[1].MinKHz, MaxKHz = max > 0 ? max : s_before[1].MaxKHz };
        Assert.Single(FrequencyJudge.Restored(s_before, [s_before[0], now]));
    }

    private static CpuState Running(int pState) => new(PStateSsdt.KHz[pState], "schedutil", PStateSsdt.KHz[^1], PStateSsdt.KHz[0], PStateSsdt.Control(pState));
}
