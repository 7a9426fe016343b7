using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>CPUs plugged into a running VM: a program finds its slot by the x2APIC id of its CPU, whatever number the guest's kernel gives that.</summary>
[Collection(LinuxMachine.Collection)]
public class HotPlug(LinuxMachine machine)
{
    [Fact]
    public void A_vCPU_plugged_in_before_its_elder_has_its_own_slot() => machine.OnOneBoot(session =>
    {
        LinuxHost host = new(session);
        host.Job("serve_ensure; l2_kill d; l2_cpus=1,maxcpus=4,sockets=1,cores=4 l2_start e 6.12 $(region e 3); l2 e regions_for_all", 150);

        // vCPU 2 alone is on pCPU 1.
        Ask(host, vcpu: 2, pState: 1);
        host.Expect(LinuxHost.Rest, 1);
        host.Job("asked_no_more e; until_khz 1 800000");
        Ask(host, vcpu: 1, pState: 2);
        host.Expect(2, LinuxHost.Rest);
        host.Job("l2_kill e; until_khz 0 800000");
        return true;
    });

    private static void Ask(LinuxHost host, int vcpu, int pState)
    {
        LabResult run = host.Job($$"""
            l2_monitor e 'device_add host-x86_64-cpu,id=cpu{{vcpu}},socket-id=0,core-id={{vcpu}},thread-id=0'
            l2 e 'cd /sys/devices/system/cpu; until new=$(grep -l 0 cpu[1-9]*/online); do sleep 0.1; done; echo 1 >$new; new=${new%/*}; echo ${new#cpu} >/tmp/new; echo vCPU {{vcpu}} is CPU $(cat /tmp/new)
            rm -f /tmp/ask.out; $guest set-pstates {{pState}} --doorbell region --cpu $(cat /tmp/new) --reply-ms 5000 --hold-ms 60000 >/tmp/ask.out 2>&1 & until [ -s /tmp/ask.out ]; do sleep 0.1; done; cat /tmp/ask.out'
            """);
        TestContext.Current.TestOutputHelper?.WriteLine(run.Output);
        Assert.Equal([$"SetPState {pState} -> {pState}"], LinuxHost.Replies(run));
    }
}
