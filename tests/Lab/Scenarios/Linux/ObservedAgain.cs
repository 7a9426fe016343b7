using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>Observing ends and begins again by reloads of the policy, while a guest calls as fast as it is answered.</summary>
[Collection(OneCpuLinuxMachine.Collection)]
public class ObservedAgain(OneCpuLinuxMachine machine)
{
    private const int Times = 20;

    [Fact]
    public void Observing_ends_and_begins_again_twenty_times_under_calls_and_none_is_wrong_or_lost() => machine.OnOneBoot(session =>
    {
        LinuxHost host = new(session);
        host.Job("serve_f; l2_start f 6.12 $(region f); l2 f regions_for_all; watched 1; observed_f; dmesg -c >/dev/null", 150);
        host.Job("l2_user f '/hypercall_guest $(dirname $(grep -l 0x1110 /sys/bus/pci/devices/*/device)) 0 0 1 100000000 >/tmp/many.out 2>&1 & true'");
        host.Job($"for time in $(seq {Times}); do observe_f; watched 0; observe_f 'hypercall: observed'; watched 1; done", 150);
        host.Job("observed_f");
        HypercallAnswers all = HypercallAnswers.Of(host.Job("l2 f 'killall hypercall_guest; while pidof hypercall_guest >/dev/null; do sleep 0.2; done; cat /tmp/many.out'"));
        Assert.True(all.Calls > 10 * Times && all.Prompt > all.Calls / 2, $"{all}");
        Assert.Equal((all.Calls, 0, 1), (all.Echoed, all.Other, all.Result));
        host.Job("unit_lives && log_clean && until_khz 0 800000; l2_kill f; watched 0; serve_stop >/dev/null 2>&1");
        return true;
    });
}
