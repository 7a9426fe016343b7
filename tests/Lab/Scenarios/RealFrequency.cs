using PollScale.Lab.Image;
using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios;

/// <summary>
/// The kernel's own acpi-cpufreq in L1: a guest's request from user space in L2 must arrive in sysfs and in the hardware's register, which
/// QEMU reads from outside.
/// </summary>
[Collection(HardwareMachine.Collection)]
public class RealFrequency(HardwareMachine machine)
{
    private static readonly long s_slowest = PStateSsdt.KHz[^1], s_fastest = PStateSsdt.KHz[0];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Each_request_reaches_the_register_of_the_guests_CPU_and_of_no_other(int cpu) => Scenario(cpu, run =>
    {
        int[] asked = [4, 0, 2, 1]; // the other CPU is parked at 3
        CpuState[] before = run.Prepare(s_slowest, s_fastest);
        run.Start(asked);
        for (int i = 0; i < asked.Length; i++)
        {
            CpuState[] now = run.AtRequest(i + 1, $"SetPState {asked[i]} -> {asked[i]}");
            Assert.Empty(FrequencyJudge.Request(cpu, asked[i], before, now));
            Assert.NotEmpty(FrequencyJudge.Request(1 - cpu, asked[i], before, now));
            Assert.Equal("userspace", now[cpu].Governor);
        }

        Assert.Empty(FrequencyJudge.Restored(before, run.AtEnd()));
    });

    [Fact]
    public void The_administrators_bounds_hold_and_are_there_afterwards() => Scenario(1, run =>
    {
        CpuState[] before = run.Prepare(PStateSsdt.KHz[3], PStateSsdt.KHz[1]);
        run.Start(0, 4, 2, 0);
        Assert.Empty(FrequencyJudge.Request(1, 1, before, run.AtRequest(1, "SetPState 0 -> 1")));
        Assert.Empty(FrequencyJudge.Request(1, 3, before, run.AtRequest(2, "SetPState 4 -> 3")));
        Assert.Empty(FrequencyJudge.Request(1, 2, before, run.AtRequest(3, "SetPState 2 -> 2")));

        // Lowered under a running guest: the kernel clamps, and the guest hears what it got.
        run.Write("scaling_max_freq", PStateSsdt.KHz[2]);
        Assert.Empty(FrequencyJudge.Request(1, 2, before, run.AtRequest(4, "SetPState 0 -> 2")));
        run.Write("scaling_max_freq", PStateSsdt.KHz[1]);
        Assert.Empty(FrequencyJudge.Restored(before, run.AtEnd()));
    });

    [Fact]
    public void After_kill_9_the_next_start_gives_back_what_the_first_found() => Scenario(1, run =>
    {
        CpuState[] before = run.Prepare(PStateSsdt.KHz[3], PStateSsdt.KHz[1]);
        run.Start(2, 3);
        Assert.Empty(FrequencyJudge.Request(1, 2, before, run.AtRequest(1, "SetPState 2 -> 2")));
        Assert.Equal(["CPU 1: scaling_governor is userspace instead of schedutil"], FrequencyJudge.Restored(before, run.Kill()));

        run.Start(3);
        Assert.Empty(FrequencyJudge.Request(1, 3, before, run.AtRequest(1, "SetPState 3 -> 3")));
        Assert.Empty(FrequencyJudge.Restored(before, run.AtEnd()));
    });

    private void Scenario(int cpu, Action<FrequencyRun> scenario) => machine.OnOneBoot(session =>
    {
        scenario(new FrequencyRun(session, cpu));
        return true;
    });
}
