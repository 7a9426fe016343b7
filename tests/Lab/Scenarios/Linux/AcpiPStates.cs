using PollScale.Lab.Image;
using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>A guest that nobody changes: its kernel's own acpi-cpufreq, a table by `hoststub guest`, QEMU's debug ports, the daemon, the registers.</summary>
[Collection(LinuxMachine.Collection)]
public class AcpiPStates(LinuxMachine machine)
{
    private const int Slowest = 4;

    [Theory]
    [InlineData("6.1")]
    [InlineData("6.12")]
    public void The_guests_kernel_reaches_the_register_of_its_own_pCPU(string kernel) => On(kernel, host =>
    {
        host.Job("l2 d 'governor userspace'; until_khz 0 800000; until_khz 1 800000");
        host.Expect(Slowest, Slowest);
        foreach (int pState in (int[])[0, 3, 1, 2])
        {
            SetSpeed(host, 1, pState, pState);
            host.Expect(Slowest, pState);
        }

        SetSpeed(host, 0, 1, 1);
        host.Expect(1, 2);

        // The end of the VM is the end of what its kernel wished.
        host.Job("l2_kill d; until_khz 0 800000; until_khz 1 800000");
        host.Expect(LinuxHost.Rest, LinuxHost.Rest);
    });

    [Fact]
    public void The_guests_schedutil_moves_its_pCPU() => On("6.1", host =>
    {
        host.Job("l2 d 'governor schedutil; busy 1'; until_khz 1 3200000");
        host.Job("l2 d idle; until_khz 1 800000");
    });

    [Fact]
    public void Bounds_narrower_than_the_guests_table_hold_and_the_audit_log_says_one_way() => On("6.1", host =>
    {
        host.Job("l2 d 'governor userspace; cpu 1 scaling_setspeed 3200000'; until_khz 1 3200000");
        host.Job("bounds_of_d 'fastest: 1'; until_khz 1 2600000");
        SetSpeed(host, 1, 2, 2);
        SetSpeed(host, 1, 0, 1);
        LabResult told = host.Job("l2 d 'cpu 1 scaling_cur_freq'; until grep -q '\"one_way\":true' /var/log/pollscale/audit.jsonl; do sleep 0.1; done; grep '\"one_way\":true' /var/log/pollscale/audit.jsonl | tail -n 1");
        Assert.StartsWith("3200000\n", told.Output, StringComparison.Ordinal); // what the guest believes
        Assert.Contains("\"guest\":\"d\",\"vcpu\":1,\"pcpu\":1,", told.Output, StringComparison.Ordinal);
        Assert.Contains("\"reason\":\"bound_fastest\"", told.Output, StringComparison.Ordinal);

        // The newest byte is held to: without the bound it gets what it asked for.
        host.Job("bounds_of_d ''; until_khz 1 3200000");
        host.Expect(Slowest, 0);
    });

    [Fact]
    public void The_SDKs_cpufreq_transport_works_in_the_guest() => On("6.1", host =>
    {
        host.Job("l2 d 'governor userspace'");
        foreach (int pState in (int[])[3, 0, 2, 1])
        {
            LabResult run = host.Job($"""
                l2 d 'rm -f /tmp/ask.out; $guest set-pstates {pState} --doorbell cpufreq --cpu 1 --hold-ms 60000 >/tmp/ask.out 2>&1 & until [ -s /tmp/ask.out ]; do sleep 0.1; done; cat /tmp/ask.out'
                until_khz 1 {PStateSsdt.KHz[pState]}
                """);
            Assert.Equal([$"SetPState {pState} -> {pState}"], LinuxHost.Replies(run));
            host.Expect(Slowest, pState);
            host.Job("l2 d 'killall queuescaler; while pidof queuescaler >/dev/null; do sleep 0.1; done'");
        }
    });

    [Fact]
    public void While_a_wish_over_the_shared_page_lives_the_kernels_is_recorded_and_holds_afterwards() => On("6.1", host =>
    {
        host.Job("l2 d 'governor schedutil'; until_khz 1 800000");
        Assert.Equal(["SetPState 2 -> 2"], LinuxHost.Replies(host.Job(
            "l2_user d '$guest set-pstates 2 --doorbell region --cpu 1 --reply-ms 5000 --hold-ms 60000 >/tmp/ask.out 2>&1 & until [ -s /tmp/ask.out ]; do sleep 0.1; done; cat /tmp/ask.out'; until_khz 1 2000000")));
        host.Job("l2 d 'busy 1; until [ $(cpu 1 scaling_cur_freq) = 3200000 ]; do sleep 0.1; done'");
        Assert.Equal(2, host.PState(1));
        host.Job("asked_no_more d; until_khz 1 3200000");
        host.Job("l2 d idle; until_khz 1 800000");
    });

    // The kernel writes at once; how soon the daemon is told, and has set it, depends on the machine below.
    private static void SetSpeed(LinuxHost host, int cpu, int asked, int granted) =>
        host.Job($"l2 d 'cpu {cpu} scaling_setspeed {PStateSsdt.KHz[asked]}'; until_khz {cpu} {PStateSsdt.KHz[granted]}");

    private void On(string kernel, Action<LinuxHost> scenario) => machine.OnOneBoot(session =>
    {
        LinuxHost host = new(session);
        Assert.Equal("acpi-cpufreq\nacpi-cpufreq\n", host.Job($"vm d {kernel}; l2 d 'for n in 0 1; do cpu $n scaling_driver; done'", 150).Output);
        scenario(host);
        return true;
    });
}
