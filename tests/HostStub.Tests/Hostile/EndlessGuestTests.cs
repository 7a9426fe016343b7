using System.Diagnostics;
using PollScale.HostStub.Machine;
using PollScale.HostStub.Vm;
using Xunit;

namespace PollScale.HostStub.Tests.Hostile;

[Collection(KvmLab.Collection)]
public class EndlessGuestTests(KvmLab lab)
{
    [Theory]
    [InlineData("endless", "spin")]
    [InlineData("endless", "futex")]
    [InlineData("endless", "futex-timed")]
    [InlineData("endless", "sleep")]
    [InlineData("endless", "sleep-absolute")]
    [InlineData("endless", "poll")]
    [InlineData("endless", "pipe-read")]
    [InlineData("endless", "pipe-write")]
    [InlineData("endless", "read-stdin")]
    [InlineData("endless", "doorbell")]
    [InlineData("endless", "cpuid")]
    [InlineData("endless", "syscalls")]
    [InlineData("endless", "print")]
    [InlineData("endless", "churn")]
    [InlineData("endless", "map-large")]
    [InlineData("endless", "threads")]
    [InlineData("endless", "thread-storm")]
    [InlineData("endless", "signal-self")]
    [InlineData("signals", "fault-for-ever")]
    [InlineData("signals", "ud2-for-ever")]
    [InlineData("signals", "sigreturn-loop")]
    [InlineData("jump", "syscall-stub-loop")]
    [InlineData("vfork", "child-spins")]
    [InlineData("vfork", "child-sleeps")]
    [InlineData("vfork", "wait-for-ever")]
    [InlineData("vfork", "storm-for-ever")]
    [InlineData("vfork", "alarm-for-ever")]
    public void An_endless_guest_stops_soon_wherever_it_is(string guest, string argument)
    {
        using (MicroVm vm = lab.Create(guest, [argument]))
        {
            vm.Start();
            Assert.False(vm.Wait(TimeSpan.FromMilliseconds(150)) && vm.Outcome!.End == GuestEnd.Exited, vm.Outcome?.Cause);
            long before = Stopwatch.GetTimestamp();
            vm.Stop("The test says so.");
            Assert.True(vm.Wait(TestMachine.Seconds(5)), "it goes on");
            TimeSpan took = Stopwatch.GetElapsedTime(before);

            // The promise is 100 ms; five times that, since the machine may be loaded.
            Assert.True(took < TestMachine.Seconds(0.5), $"stopping took {took.TotalMilliseconds:f0} ms");
            if (vm.Outcome!.End != GuestEnd.Failed || guest != "jump")
            {
                Assert.Equal((GuestEnd.Stopped, "The test says so."), (vm.Outcome.End, vm.Outcome.Cause));
            }

            Assert.Contains("rip", vm.Outcome.Report, StringComparison.Ordinal);
            vm.Stop("Too late.");
            Assert.NotEqual("Too late.", vm.Outcome.Cause);
        }

        KvmLab.AssertNoThreads();
        lab.AssertStillUsable();
    }
}
