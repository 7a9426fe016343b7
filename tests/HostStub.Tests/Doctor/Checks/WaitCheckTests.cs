using PollScale.HostStub.Doctor;
using PollScale.HostStub.Doctor.Checks;
using PollScale.Tests.Shared.Tool;
using Xunit;

namespace PollScale.HostStub.Tests.Doctor.Checks;

public sealed class WaitCheckTests : IDisposable
{
    private const string Driver = "/sys/devices/system/cpu/cpuidle/current_driver", GuestPoll = "/sys/module/haltpoll/parameters/guest_halt_poll_ns", HostPoll = "/sys/module/kvm/parameters/halt_poll_ns",
        Umwait = "/sys/devices/system/cpu/umwait_control/", Runtime = "/proc/sys/kernel/sched_rt_runtime_us";

    private readonly FakeMachine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData(false, "intel_idle", null, nameof(FindingStatus.Ok), "rests as intel_idle has it")]
    [InlineData(true, "none", null, nameof(FindingStatus.Ok), "halts where nothing runs")]
    [InlineData(true, "haltpoll", "200000", nameof(FindingStatus.Warning), "for up to 200 us before it halts")]
    [InlineData(true, "haltpoll", null, nameof(FindingStatus.Warning), "polls before it halts")]
    [InlineData(true, "haltpoll", "0", nameof(FindingStatus.Ok), "halts where nothing runs (idle driver haltpoll)")]
    [InlineData(true, null, null, nameof(FindingStatus.NotHere), "current_driver")]
    public void Where_a_CPU_that_sleeps_rests_is_the_idle_drivers(bool isVirtual, string? driver, string? polls, string status, string what)
    {
        With(Driver, driver);
        With(GuestPoll, polls);
        Finding finding = Find(WaitCheck.Halt, isVirtual);
        Assert.Equal(status, finding.Status.ToString());
        Assert.Contains(what, finding.What, StringComparison.Ordinal);
        Assert.Equal(status == nameof(FindingStatus.Warning), finding.WhatToDo.Contains($"echo 0 > {GuestPoll}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("none", "lets it halt without")]
    [InlineData("intel_idle", "keeps its CPU")]
    public void A_VM_is_told_of_cpu_pm(string driver, string why)
    {
        With(Driver, driver);
        Finding finding = Find(WaitCheck.Halt, isVirtual: true);
        Assert.Contains("-overcommit cpu-pm=on", finding.Why, StringComparison.Ordinal);
        Assert.Contains(why, finding.Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("200000", nameof(FindingStatus.Warning), "up to 200 us")]
    [InlineData("0", nameof(FindingStatus.Ok), "at once")]
    [InlineData("many", nameof(FindingStatus.NotHere), "cannot be read")]
    [InlineData(null, nameof(FindingStatus.NotHere), "cannot be read")]
    public void How_long_KVM_polls_is_what_a_sleeping_vCPU_does_not_save(string? polls, string status, string what)
    {
        With(HostPoll, polls);
        Finding finding = Find(WaitCheck.HaltPoll);
        Assert.Equal(status, finding.Status.ToString());
        Assert.Contains(what, finding.What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("100000", "1", "100000 ticks of the TSC at most", "They rest in C0.2.")]
    [InlineData("0", "0", "as long as it likes", "C0.2 is forbidden")]
    [InlineData(null, null, "(tpause).", "(tpause).")]
    public void Waits_by_instructions_have_the_systems_limits(string? most, string? deep, string limit, string depth)
    {
        With(Umwait + "max_time", most);
        With(Umwait + "enable_c02", deep);
        Finding finding = Find(WaitCheck.WaitPkg, hasWaitPackage: true);
        Assert.Equal(FindingStatus.Ok, finding.Status);
        Assert.Contains(limit, finding.What, StringComparison.Ordinal);
        Assert.Contains(depth, finding.What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "-overcommit cpu-pm=on")]
    [InlineData(false, "")]
    public void Without_them_a_VM_is_told_what_its_host_may_show(bool isVirtual, string remedy)
    {
        Finding finding = Find(WaitCheck.WaitPkg, isVirtual);
        Assert.Equal(FindingStatus.NotHere, finding.Status);
        Assert.Contains(remedy, finding.WhatToDo, StringComparison.Ordinal);
        Assert.Equal(remedy.Length > 0, finding.WhatToDo.Length > 0);
    }

    [Theory]
    [InlineData("950000", nameof(FindingStatus.Ok), "950 of each 1000 ms")]
    [InlineData("-1", nameof(FindingStatus.Warning), "a whole CPU")]
    [InlineData(null, nameof(FindingStatus.NotHere), "cannot be read")]
    public void What_becomes_of_a_real_time_loop_that_never_waits_is_the_kernels_to_say(string? runtime, string status, string what)
    {
        With(Runtime, runtime);
        Finding finding = Find(WaitCheck.RealTime);
        Assert.Equal(status, finding.Status.ToString());
        Assert.Contains(what, finding.What, StringComparison.Ordinal);
    }

    [Fact]
    public void What_may_not_be_read_is_no_crash()
    {
        With(Driver, "haltpoll");
        _machine.Forbidden.UnionWith([Driver, HostPoll, Runtime]);
        Assert.Equal("Run as root.", Find(WaitCheck.Halt, isVirtual: true).WhatToDo);
        Assert.All(new WaitCheck(_machine, true, false).Run(), finding => Assert.Equal(FindingStatus.NotHere, finding.Status));
    }

    private void With(string path, string? text) => _ = text is null ? _machine : _machine.With(path, text);

    private Finding Find(string name, bool isVirtual = false, bool hasWaitPackage = false) => Assert.Single(new WaitCheck(_machine, isVirtual, hasWaitPackage).Run(), finding => finding.Name == name);
}
