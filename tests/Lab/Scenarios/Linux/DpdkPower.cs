using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>Debian's librte_power as it is, in a guest: it finds the ACPI P-states by itself, and what it sets reaches the register.</summary>
[Collection(LinuxMachine.Collection)]
public class DpdkPower(LinuxMachine machine)
{
    // Its index 0 is the fastest.
    private static readonly (string Command, int PState)[] s_steps = [("min", 4), ("up", 3), ("max", 0), ("down", 1), ("set 2", 2), ("set 4", 4)];

    [Fact]
    public void Librte_power_takes_ACPI_and_reaches_the_register_of_its_own_pCPU() => machine.OnOneBoot(session =>
    {
        LinuxHost host = new(session);
        Assert.Equal("init 0 acpi 5 P-states\n", host.Job("""
            vm_dpdk
            l2 d 'governor userspace; mkfifo /tmp/power.in; /acpi_power --no-huge --no-pci --no-shconf -l 0 -m 16 0<>/tmp/power.in >/tmp/power.out 2>/tmp/power.error &
            until grep init /tmp/power.out; do pidof acpi_power >/dev/null || { cat /tmp/power.*r* >&2; exit 1; }; sleep 0.1; done'
            """, 200).Output);
        foreach ((string command, int pState) in s_steps)
        {
            LabResult run = host.Job($"l2 d 'echo {command} >/tmp/power.in; until grep \"^{command}:\" /tmp/power.out; do sleep 0.1; done'");
            Assert.Equal($"{command}: 1, at {pState}\n", run.Output);
            host.Expect(LinuxHost.Rest, pState);
        }

        Assert.Contains("exit: 0\n", host.Job("l2 d 'echo exit >/tmp/power.in; while pidof acpi_power >/dev/null; do sleep 0.1; done; cat /tmp/power.out'; l2_kill d").Output, StringComparison.Ordinal);
        return true;
    });
}
