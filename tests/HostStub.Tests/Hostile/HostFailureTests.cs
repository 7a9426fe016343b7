using PollScale.HostStub.Frequency;
using PollScale.HostStub.Guest;
using PollScale.HostStub.Guest.Signals;
using PollScale.HostStub.Lifetime;
using PollScale.HostStub.Machine;
using PollScale.HostStub.Placement;
using PollScale.HostStub.Run;
using PollScale.HostStub.Vm;
using PollScale.Programs;
using PollScale.Tests.Shared.Guests;
using Xunit;

namespace PollScale.HostStub.Tests.Hostile;

/// <summary>A thread of the host's that throws while it serves a guest: the run ends, with a report that names it and exit code 70.</summary>
[Collection(KvmLab.Collection)]
public class HostFailureTests(KvmLab lab)
{
    [Fact]
    public void A_vCPU_thread_that_throws_ends_the_guest_and_is_named()
    {
        using MicroVm vm = lab.Create("good", ["1"], line: _ => throw new IOException("injected"));
        vm.Start();
        Assert.True(vm.Wait(TestMachine.Seconds(20)));
        AssertHostFailed(vm.Outcome!, "served thread 1 of the guest", "\"vCPU 0\"");
        lab.AssertStillUsable();
    }

    [Fact]
    public void A_timers_thread_that_cannot_begin_ends_the_guest_and_is_named()
    {
        const int NoCpu = 1023;
        using MicroVm vm = lab.Create("timers", ["interval"], housekeepingCpu: NoCpu);
        vm.Start();
        Assert.True(vm.Wait(TestMachine.Seconds(20)));
        Assert.Equal(GuestEnd.HostFailed, vm.Outcome!.End);
        Assert.Contains("The host failed while it kept the guest's timers: PlacementException: ", vm.Outcome.Cause);
        lab.AssertStillUsable();
    }

    [Fact]
    public void The_timers_thread_hands_its_failure_over()
    {
        using ManualResetEventSlim failed = new();
        Exception? failure = null;
        using TimerQueue timers = new(() => { }, _ => throw new IOException("injected"), e =>
        {
            failure = e;
            failed.Set();
        });
        timers.Set(new GuestTimer(new ThreadGroup(1, new SignalTable()), 14, 0), 1, 0);
        Assert.True(failed.Wait(TestMachine.Seconds(20), TestContext.Current.CancellationToken));
        Assert.Equal("injected", failure!.Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_run_whose_thread_throws_reports_it_and_exits_with_70(bool noVm)
    {
        lab.SkipUnlessUsable(needsKvm: !noVm);
        StringWriter error = new();
        using Interrupt interrupt = new();
        using MicroVmFactory factory = new();
        RunOptions options = new()
        {
            Guest = GuestBuilder.Build("good"),
            GuestArguments = ["0"],
            PStates = PStateFile.Default(),
            Priority = PriorityChoice.Normal,
            NoVm = noVm,
            Cpu = ThreadPlacement.AllowedCpus()[0],
        };
        ExitCode code = new RunSession(options, noVm ? new HostProcessFactory() : factory, new ThrowingReporter(), error, interrupt).Run();
        Assert.Equal(ExitCode.Internal, code);
        Assert.Contains("a thread of hoststub itself failed", error.ToString());
        Assert.Contains("IOException: injected", error.ToString());
        Assert.Contains(noVm ? "on host thread \"guest output\"" : "on host thread \"vCPU 0\"", error.ToString());
    }

    private static void AssertHostFailed(GuestOutcome outcome, string task, string thread)
    {
        Assert.Equal(GuestEnd.HostFailed, outcome.End);
        Assert.Contains($"The host failed while it {task}: IOException: injected", outcome.Cause);
        Assert.Contains($"on host thread {thread}", outcome.Report);
    }
}
