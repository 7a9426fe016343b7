using PollScale.HostStub.Machine;
using PollScale.HostStub.Vm;
using PollScale.Tests.Shared.Guests;
using Xunit;

namespace PollScale.HostStub.Tests.Hostile;

[Collection(KvmLab.Collection)]
public class VmLifeTests(KvmLab lab)
{
    [Fact]
    public void A_second_guest_finds_nothing_of_the_first()
    {
        for (int i = 0; i < 3; i++)
        {
            GuestOutcome outcome = lab.Run("zeroes", "dirty");
            Assert.True(outcome is { End: GuestEnd.Exited, ExitCode: 0 }, outcome.Cause + outcome.Output);
        }
    }

    [Fact]
    public async Task A_guest_that_never_started_is_disposed_of()
    {
        MicroVm vm = lab.Create("good", []);
        await Task.Run(vm.Dispose, TestContext.Current.CancellationToken).WaitAsync(TestMachine.Seconds(10), TestContext.Current.CancellationToken);
        Assert.Equal(GuestEnd.Stopped, vm.Outcome!.End);
        lab.AssertStillUsable();
    }

    [Fact]
    public void Stopping_a_disposed_guest_is_harmless()
    {
        MicroVm vm = lab.Create("good", ["3"]);
        vm.Start();
        Assert.True(vm.Wait(TestMachine.Seconds(20)));
        vm.Dispose();
        vm.Stop("Too late.");
        vm.Dispose();
        Assert.Equal(3, vm.Outcome!.ExitCode);
    }

    [Fact]
    public void A_guest_that_is_disposed_of_while_others_stop_it_ends()
    {
        for (int i = 0; i < 20; i++)
        {
            MicroVm vm = lab.Create("endless", ["spin"]);
            vm.Start();
            Thread[] stoppers = [.. Enumerable.Range(0, 3).Select(n => new Thread(() => vm.Stop($"stopper {n}")))];
            Array.ForEach(stoppers, t => t.Start());
            vm.Dispose();
            Array.ForEach(stoppers, t => t.Join());
            Assert.Equal(GuestEnd.Stopped, vm.Outcome!.End);
        }

        KvmLab.AssertNoThreads();
    }

    [Fact]
    public void No_descriptor_stays_open()
    {
        lab.Run("good");
        int before = KvmLab.OpenDescriptors;
        int rounds = TestMachine.HasEmulatedCpu ? 1 : 10; // 64 threads take ten seconds there
        for (int i = 0; i < rounds; i++)
        {
            lab.Run("threads", "limit");
            lab.Run("jump", "null");
            Assert.Throws<GuestSetupException>(() => lab.Create("good", [new string('x', 2 << 20)]));
        }

        Assert.InRange(KvmLab.OpenDescriptors, 0, before + 3);
    }

    [Fact]
    public void A_NativeAOT_guest_boots_and_leaves()
    {
        Assert.SkipUnless(PublishedGuest.Image is not null, "There is no NativeAOT guest: run ./test, which publishes it.");
        for (int i = 0; i < 5; i++)
        {
            GuestOutcome outcome = lab.Run(PublishedGuest.Image!, "--help");
            Assert.True(outcome.End == GuestEnd.Exited, $"{outcome.Cause}\n{outcome.Output}\n{outcome.Report}");
        }
    }

    [Fact]
    public void Unknown_system_calls_are_counted()
    {
        using MicroVm vm = lab.Create("syscalls", ["unknown"]);
        vm.Start();
        Assert.True(vm.Wait(TestMachine.Seconds(20)));
        IReadOnlyDictionary<string, long> unknown = vm.UnansweredCalls;
        Assert.Equal((1L, 11L), (unknown["number 461"], unknown["numbers from 511"]));
    }
}
