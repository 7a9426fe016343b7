using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>
/// `hoststub serve` has the hypercalls of a Linux guest's user nobody answered within their exit (hypercall: answered), and makes true what was granted. The daemon runs as its unit's
/// user with the capabilities of answered.conf alone; nobody rings the doorbell of the page.
/// </summary>
[Collection(LinuxMachine.Collection)]
public class AnsweredServed(LinuxMachine machine)
{
    private const int Calls = 20;

    [Fact]
    public void A_call_is_answered_when_it_ends_and_its_own_pCPU_has_what_was_granted() => On("fastest: 1", host =>
    {
        HypercallAnswers zero = HypercallAnswers.CallSeen(host, vcpu: 0, pState: 2, Calls, 2, LinuxHost.Rest);
        Assert.Equal((Calls, Calls, 2, -1), zero.Within); // KVM refuses the instruction, and the answer is there
        Assert.Equal((Calls, Calls, 1, -1), HypercallAnswers.Call(host, 1, 1, 0, Calls).Within); // held to the fastest allowed
        host.Job("until_khz 0 800000 40"); // lapsed, for nobody repeats it
        string record = host.Job("audited bound_fastest").Output;
        Assert.Contains("\"guest\":\"f\",\"vcpu\":1,\"pcpu\":1,\"asked\":\"set_p_state\",\"argument\":0,\"decided\":\"clamped\",\"reason\":\"bound_fastest\",\"p_state\":1,\"khz\":2600000,\"in_kernel\":true", record, StringComparison.Ordinal);

        // Another's slot; and a page that the guest has written over, nonce and all, which its doorbell serves on.
        Assert.Equal(0, HypercallAnswers.Call(host, vcpu: 1, slot: 0, pState: 1, 3).Inside);
        host.Job("serve_told 'wrong slot'; l2_user f '/scribble $(dirname $(grep -l 0x1110 /sys/bus/pci/devices/*/device)) 1'", 120);
        Assert.Equal((3, 0), HypercallAnswers.Call(host, 0, 0, 3, 3).Counts);
        host.Job("serve_told 'no page'; until_khz 0 1400000; until_khz 1 800000 40");
    });

    [Fact]
    public void Whoever_ends_the_wish_ends_and_who_comes_next_is_answered() => On("queries: true", host =>
    {
        Assert.Equal(Calls, HypercallAnswers.CallSeen(host, 0, 1, Calls, 1, LinuxHost.Rest).Inside);
        host.Job("l2_kill f; until_khz 0 800000");
        host.Job("vm f; observed_f", 200);
        Assert.Equal(Calls, HypercallAnswers.CallSeen(host, 0, 2, Calls, 2, LinuxHost.Rest).Inside);

        // The daemon that comes next answers the VM that stayed; while there is none, nobody does.
        host.Job("serve_restart; observed_f", 150);
        Assert.Equal(Calls, HypercallAnswers.Call(host, 1, 1, 3, Calls).Inside);
        host.Job("serve_kill");
        Assert.Equal(0, HypercallAnswers.Call(host, 1, 1, 3, 3).Inside);
        host.Job("serve_ready; observed_f", 150);
        Assert.Equal(Calls, HypercallAnswers.CallSeen(host, 1, 2, Calls, LinuxHost.Rest, 2).Inside);

        // Another policy, under the running guest.
        host.Job("sed -i 's/queries: true/slowest: 3\\n    fastest: 2/' /etc/pollscale/policy.yaml; kill -HUP $(cat /tmp/unit.pid); serve_told 'is in force'; sleep 1; observed_f");
        Assert.Equal((Calls, Calls, 2, -1), HypercallAnswers.Call(host, 1, 1, 0, Calls).Within);
        host.Job("""
            sed -i 's/^pcpus:/  - name: other\n    control: true\n    vcpus: [{vcpu: 0, pcpu: 1}]\npcpus:/' /etc/pollscale/policy.yaml
            kill -HUP $(cat /tmp/unit.pid); serve_told 'is shared with vCPU 0 of other'
            """);
        Assert.Equal(0, HypercallAnswers.Call(host, 1, 1, 3, 3).Inside);
    });

    [Fact]
    public void The_Sdk_asks_so_and_its_wish_stands_as_long_as_it_runs() => On("queries: true", host =>
    {
        LabResult asked = host.Job("l2_user f '$guest set-pstates 1,2,3 --doorbell region-hypercall --cpu 1 --reply-ms 5000; $guest transports --cpu 1'", 120);
        Assert.Equal(["SetPState 1 -> 1", "SetPState 2 -> 2", "SetPState 3 -> 3"], LinuxHost.Replies(asked));
        host.Job("until_khz 1 800000 40; [ $(counted 1 hypercalls) -ge 5 ]");
    });

    private void On(string yaml, Action<LinuxHost> scenario) => machine.OnOneBoot(session =>
    {
        LinuxHost host = new(session);
        host.Job($"serve_answered '{yaml}\n    silence: 15s'", 300); // a look at the registers takes its time on a busy machine
        scenario(host);
        host.Job("serve_stop >/dev/null; l2_kill f");
        return true;
    });
}
