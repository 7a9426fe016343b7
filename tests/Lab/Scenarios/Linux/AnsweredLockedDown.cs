using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>A host that is locked down, as with Secure Boot, writes into no process: hypercalls are not answered there, which is told with the reason, and guests are served by the page.</summary>
[Collection(LinuxMachine.Collection)]
public class AnsweredLockedDown(LinuxMachine machine)
{
    private const string Reason = "kernel lacks it, or is locked down (/sys/kernel/security/lockdown, as with Secure Boot)";

    [Fact]
    public void It_is_told_by_doctor_and_daemon_and_the_page_serves()
    {
        LabResult run = machine.RunSealed($"""
            mount -t securityfs securityfs /sys/kernel/security
            echo integrity >/sys/kernel/security/lockdown
            hoststub doctor --json | sed 's/^/doctor: /'
            observed_f() {'{'} :; {'}'} # nothing will be
            serve_answered
            serve_told 'locked down'
            l2_user f '/region_guest $(dirname $(grep -l 0x1110 /sys/bus/pci/devices/*/device)) set 20'
            cat /tmp/serve.out
            """, 200).Expect();
        TestContext.Current.TestOutputHelper?.WriteLine(run.Output);
        string[] lines = run.Output.Split('\n');
        Assert.Contains(lines, line => line.StartsWith("doctor: ", StringComparison.Ordinal) && line.Contains("answered by a BPF program (hypercall: answered)", StringComparison.Ordinal) && line.Contains(Reason, StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("are not answered within their exit", StringComparison.Ordinal) && line.Contains(Reason, StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("set 20 wrong=0 ", StringComparison.Ordinal));
    }
}
