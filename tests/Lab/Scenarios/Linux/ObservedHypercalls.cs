using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>
/// Hypercalls of a Linux guest's user nobody, which KVM refuses and its tracepoint tells of all the same. The daemon runs as its unit's user with CAP_PERFMON alone; nobody
/// rings the doorbell of the page.
/// </summary>
[Collection(LinuxMachine.Collection)]
public class ObservedHypercalls(LinuxMachine machine)
{
    private const int Calls = 20;
    private const uint ObservedFlag = 1 << 2;

    [Fact]
    public void A_hypercall_of_a_process_is_served_on_its_own_vCPUs_pCPU() => On(host =>
    {
        HypercallAnswers zero = HypercallAnswers.CallSeen(host, vcpu: 0, pState: 1, Calls, 1, LinuxHost.Rest);
        Assert.Equal((Calls, 1, -1), (zero.Echoed, zero.Result, zero.Rax)); // KVM refuses the instruction, and it rings
        Assert.NotEqual(0u, zero.Flags & ObservedFlag);
        host.Job("until_khz 0 800000");

        HypercallAnswers one = HypercallAnswers.CallSeen(host, vcpu: 1, pState: 2, Calls, LinuxHost.Rest, 2);
        Assert.Equal((Calls, 2), (one.Echoed, one.Result));

        // The slots are looked at every 250 ms all the same: by far the most came before.
        Assert.True(zero.Prompt > Calls / 2 && one.Prompt > Calls / 2, $"{zero} {one}");
        host.Job($"until_khz 1 800000; [ $(counted 0 hypercalls) -gt {Calls / 2} ] && [ $(counted 1 hypercalls) -gt {Calls / 2} ] && [ $(counted 0 hypercalls_wrong_slot) = 0 ]");
    });

    [Fact]
    public void A_hypercall_for_another_vCPUs_slot_is_dropped_and_told() => On(host =>
    {
        host.Job("counted 0 hypercalls >/tmp/before0; counted 1 hypercalls >/tmp/before1; counted 1 hypercalls_wrong_slot >/tmp/wrong1");
        HypercallAnswers.Call(host, vcpu: 1, slot: 0, pState: 0, 5);
        host.Job("serve_told 'wrong slot'");
        host.Job("""
            for attempt in $(seq 100); do [ $(counted 1 hypercalls_wrong_slot) -lt $(($(cat /tmp/wrong1) + 5)) ] || break; sleep 0.1; done
            [ $(counted 1 hypercalls_wrong_slot) = $(($(cat /tmp/wrong1) + 5)) ]
            [ $(counted 0 hypercalls) = $(cat /tmp/before0) ] && [ $(counted 1 hypercalls) = $(cat /tmp/before1) ]
            until_khz 0 800000
            """);
    });

    [Fact]
    public void A_vCPU_that_runs_elsewhere_is_refused_until_it_is_pinned_again() => On(host =>
    {
        host.Job("l2_pin f 1"); // vCPU 0 on pCPU 1
        HypercallAnswers elsewhere = HypercallAnswers.Call(host, vcpu: 0, slot: 0, pState: 0, Calls);
        Assert.True(elsewhere.Denied > Calls / 2, $"{elsewhere}"); // what a tick finds before its ring is the page's own
        host.Job("serve_told 'wrong CPU'; until_khz 0 800000; l2_pin f 0");
        Assert.Equal(0, HypercallAnswers.Call(host, vcpu: 0, slot: 0, pState: 0, 3).Result);
        host.Job("until_khz 0 800000");
    });

    [Fact]
    public void After_kill_9_of_QEMU_and_after_a_restart_of_the_daemon_hypercalls_are_served_again() => On(host =>
    {
        Assert.Equal(1, HypercallAnswers.Call(host, vcpu: 0, slot: 0, pState: 1, 3).Result);
        host.Job("l2_kill f; until_khz 0 800000");
        host.Job("vm f; observed_f", 200);
        HypercallAnswers back = HypercallAnswers.Call(host, vcpu: 0, slot: 0, pState: 2, Calls);
        Assert.Equal((Calls, 2), (back.Echoed, back.Result));
        Assert.True(back.Prompt > Calls / 2, $"{back}");

        // The daemon that comes next finds the VM's threads by the connection that was kept.
        host.Job("serve_restart; observed_f", 150);
        back = HypercallAnswers.Call(host, vcpu: 1, slot: 1, pState: 3, Calls);
        Assert.Equal((Calls, 3), (back.Echoed, back.Result));
        Assert.True(back.Prompt > Calls / 2, $"{back}");
        host.Job("until_khz 1 800000");
    });

    [Fact]
    public void Without_the_right_the_doorbell_goes_on_and_what_to_do_is_told() => On(host =>
    {
        // Debian's own setting: what is open stays open, so the VM comes anew.
        host.Job("l2_kill f; echo 3 >/proc/sys/kernel/perf_event_paranoid; vm f; serve_told 'kernel.perf_event_paranoid=2'", 200);
        Assert.Equal(["SetPState 1 -> 1"], LinuxHost.Replies(host.Job("ask f 1; asked_no_more f; until_khz 0 800000; until_khz 1 800000")));
        host.Job("echo 2 >/proc/sys/kernel/perf_event_paranoid; observed_f");
        Assert.Equal(2, HypercallAnswers.Call(host, vcpu: 0, slot: 0, pState: 2, 3).Result);
        host.Job("until_khz 0 800000");
    });

    [Fact]
    public void The_Sdk_rings_so_where_it_is_told_to_and_says_why_where_it_does_not() => On(host =>
    {
        host.Job("counted 1 hypercalls >/tmp/before; counted 1 hypercalls_wrong_slot >/tmp/wrong");
        LabResult asked = host.Job("l2_user f '$guest set-pstates 1,2,3 --doorbell region-hypercall --cpu 1 --reply-ms 5000; $guest transports --cpu 1'", 120);
        Assert.Equal(["SetPState 1 -> 1", "SetPState 2 -> 2", "SetPState 3 -> 3"], LinuxHost.Replies(asked));
        Assert.DoesNotContain("doorbell of the shared page rings instead", asked.Error, StringComparison.Ordinal);
        Assert.Contains("which may ring too (RegionOptions.RingByHypercall); the doorbell is preferred", string.Join(' ', asked.Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);

        // Hello, three trials and three requests; a slow machine may have had one rung for by the doorbell again. Trying the instruction is no wrong ring.
        host.Job("""
            until_khz 1 800000
            [ $(counted 1 hypercalls) -ge $(($(cat /tmp/before) + 5)) ] && [ $(counted 1 hypercalls_wrong_slot) = $(cat /tmp/wrong) ]
            """);

        LabResult unobserved = host.Job("vm a; l2_user a '$guest set-pstates 1 --doorbell region-hypercall --reply-ms 5000'", 200);
        Assert.Equal(["SetPState 1 -> 1"], LinuxHost.Replies(unobserved));
        Assert.Contains("The host does not observe hypercalls of this VM", unobserved.Error, StringComparison.Ordinal);
        host.Job("until_khz 1 800000");
    });

    private void On(Action<LinuxHost> scenario) => machine.OnOneBoot(session =>
    {
        LinuxHost host = new(session);
        host.Job("vm f; observed_f", 200);
        scenario(host);
        return true;
    });
}
