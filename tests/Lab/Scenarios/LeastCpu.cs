using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios;

[Collection(NehalemMachine.Collection)]
public class LeastCpu(NehalemMachine machine)
{
    [Fact]
    public void The_program_works_in_a_Linux_guest_and_in_a_micro_VM_on_Nehalem()
    {
        Assert.Contains("selftest ok", machine.Run("chroot /disk $guest selftest").Expect().Output);
        Assert.Contains("selftest ok", machine.Run("hoststub run $guest -- selftest", seconds: 120).Expect().GuestLines);
    }
}
