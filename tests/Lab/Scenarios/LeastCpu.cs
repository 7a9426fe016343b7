using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios;

[Collection(NehalemMachine.Collection)]
public class LeastCpu(NehalemMachine machine)
{
    [Fact]
    public void The_runtime_works_in_a_Linux_guest_and_in_a_micro_VM_on_Nehalem()
    {
        Assert.Contains("selftest ok", machine.Run("chroot /disk $probe selftest").Expect().Output);
        Assert.Contains("selftest ok", machine.Run("hoststub run $probe -- selftest", seconds: 120).Expect().GuestLines);
    }

    [Fact]
    public void The_forwarder_starts_there_too() => Assert.StartsWith("main_tsc=", machine.Run("chroot /disk $guest boot").Expect().Output);
}
