using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios;

[Collection(Qemu64Machine.Collection)]
public class TooSmallCpu(Qemu64Machine machine)
{
    private const string Missing = "SSSE3, SSE4.1, SSE4.2, POPCNT";

    [Fact]
    public void In_a_Linux_guest_the_program_names_what_qemu64_lacks_and_what_to_set()
    {
        LabResult run = machine.Run("chroot /disk $guest selftest").Expect(2);
        Assert.All([Missing, "host-model", "-cpu Nehalem"], part => Assert.Contains(part, run.Error));
    }

    [Fact]
    public void Hoststub_refuses_to_start_a_guest_that_qemu64_cannot_run()
    {
        LabResult run = machine.Run("hoststub run $guest -- selftest", seconds: 120).Expect(2);
        Assert.All([Missing, "x86-64-v2", "host-model"], part => Assert.Contains(part, run.Error));
    }
}
