using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>The guest channel of a Linux VM: a program of user nobody, stock QEMU's virtio-serial port, the daemon, the register.</summary>
[Collection(LinuxMachine.Collection)]
public class GuestChannel(LinuxMachine machine)
{
    [Fact]
    public void A_process_of_nobody_reaches_the_register_of_its_own_pCPU() => machine.OnOneBoot(session =>
    {
        LinuxHost host = new(session);
        host.Job("vm a", 120);
        LabResult run = host.Job("l2_user a '$guest set-pstates 0,3,1,4,2 --doorbell guest-channel --reply-ms 5000'");
        Assert.Equal(["SetPState 0 -> 0", "SetPState 3 -> 3", "SetPState 1 -> 1", "SetPState 4 -> 4", "SetPState 2 -> 2"], LinuxHost.Replies(run));
        host.Job("until_khz 1 2000000");
        host.Expect(LinuxHost.Rest, 2);

        run = host.Job("l2_user a '$guest set-pstates 4,3 --doorbell guest-channel --reply-ms 5000'");
        Assert.Equal(["SetPState 4 -> 4", "SetPState 3 -> 3"], LinuxHost.Replies(run));
        host.Job("until_khz 1 1400000");
        host.Expect(LinuxHost.Rest, 3);

        // The end of the VM is the end of its wish.
        host.Job("l2_kill a; until_khz 1 800000");
        host.Expect(LinuxHost.Rest, LinuxHost.Rest);
        return true;
    });
}
