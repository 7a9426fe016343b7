using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios;

[Collection(Qemu64Machine.Collection)]
public class TooSmallCpu(Qemu64Machine machine)
{
    private const string Missing = "SSSE3, SSE4.1, SSE4.2, POPCNT";

    [Theory]
    [InlineData("queuescaler", "$guest boot")]
    [InlineData("guestprobe", "$probe selftest")]
    public void In_a_Linux_guest_the_program_names_what_qemu64_lacks_and_what_to_set(string name, string command)
    {
        LabResult run = machine.Run($"chroot /disk {command}").Expect(2);
        Assert.All([$"{name}: this CPU lacks", Missing, "host-model", "-cpu Nehalem"], part => Assert.Contains(part, run.Error));
    }

    [Fact]
    public void Hoststub_refuses_to_start_a_guest_that_qemu64_cannot_run()
    {
        LabResult run = machine.Run("hoststub run $guest -- boot", seconds: 120).Expect(2);
        Assert.All([Missing, "x86-64-v2", "host-model"], part => Assert.Contains(part, run.Error));
    }
}
