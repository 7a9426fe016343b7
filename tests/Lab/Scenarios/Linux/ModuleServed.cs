using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>
/// `hoststub serve` has the kernel module answer the hypercalls of a VM of stock QEMU (hypercall: module): granted by the policy, on record in its audit log, ended with
/// whatever ends the wish. The daemon runs as its unit's user, who has the module's device.
/// </summary>
[Collection(LinuxMachine.Collection)]
public class ModuleServed(LinuxMachine machine)
{
    private const string Kvm = "-1"; // KVM's own answer at CPL 3

    [Fact]
    public void A_process_sets_its_own_pCPU_and_no_other_within_the_policy() => ModuleHost.Run(machine, host =>
    {
        host.Job("serve_module 'fastest: 1'; granted_m", 200);
        Assert.Equal(["2 2 -> 2"], host.Calls("2 2"));
        Assert.Equal(2, host.PState(1));
        Assert.NotEqual(2, host.PState(0));
        Assert.Equal(["2 0 -> 1", "7 0 -> 65540", "2 9 -> -22"], host.Calls("2 0 7 0 2 9"));
        Assert.Equal(1, host.PState(1));

        // What others set by the daemon's leave is not set back, and what is on record is the daemon's own record.
        string record = host.Job("sleep 3; audited bound_fastest").Output;
        Assert.Contains("\"guest\":\"m\",\"vcpu\":0,\"pcpu\":1,\"asked\":\"set_p_state\",\"argument\":0,\"decided\":\"clamped\",\"reason\":\"bound_fastest\",\"p_state\":1,\"khz\":2600000,\"in_kernel\":true", record, StringComparison.Ordinal);
        Assert.Equal(1, host.PState(1));
        host.Job("audited '\"decided\":\"malformed\",\"reason\":\"bad_argument\",\"in_kernel\":true'; serve_stop >/dev/null");
        Assert.Equal([$"2 3 -> {Kvm}"], host.Calls("2 3"));
    });

    [Fact]
    public void The_Sdk_takes_the_instruction_by_itself_and_the_page_beside_it_asks_and_changes_nothing() => ModuleHost.Run(machine, host =>
    {
        host.Job("l2_kill m; serve_module 'shmem: {listen: /run/pollscale/m.sock}'; l2_pcpu=$last l2_ensure m 6.12 $(region m); l2 m regions_for_all; granted_m", 250);
        LabResult asked = host.Job("l2_user m '$guest set-pstates 1,2 --doorbell auto'", 120);
        Assert.Equal(["SetPState 1 -> 1", "SetPState 2 -> 2"], LinuxHost.Replies(asked));
        Assert.Equal(2, host.PState(1));
        Assert.Equal(["SetPState 3 -> Unsupported (-95)"], LinuxHost.Replies(host.Job("l2_user m '$guest set-pstates 3 --doorbell region --reply-ms 5000'; true", 120)));
        Assert.Equal(2, host.PState(1));
        host.Job("audited answered_in_kernel; l2_kill m; until_khz 1 800000; serve_stop >/dev/null");
    });

    [Fact]
    public void After_kill_9_of_QEMU_the_pCPU_rests_and_the_VM_that_comes_next_is_granted_anew() => ModuleHost.Run(machine, host =>
    {
        host.Job("serve_module; granted_m", 200);
        Assert.Equal(["2 1 -> 1"], host.Calls("2 1"));
        host.Job("l2_kill m; until_khz 1 800000");
        host.Job("l2_pcpu=$last l2_ensure m 6.12; granted_m", 200);
        Assert.Equal(["1 0 -> 4", "3 1 -> 3"], host.Calls("1 0 3 1"));
        Assert.Equal(3, host.PState(1));
        host.Job("serve_stop >/dev/null");
    });

    [Fact]
    public void A_daemon_that_ends_or_dies_leaves_no_grant_and_the_next_one_grants_anew() => ModuleHost.Run(machine, host =>
    {
        host.Job("serve_module; granted_m", 200);
        Assert.Equal(["2 1 -> 1"], host.Calls("2 1"));
        host.Job("serve_restart; granted_m", 200);
        Assert.Equal(["1 0 -> 4", "2 2 -> 2"], host.Calls("1 0 2 2"));
        host.Job("serve_kill; serve_ready; granted_m", 200);
        Assert.Equal(["1 0 -> 4", "2 1 -> 1"], host.Calls("1 0 2 1"));
        host.Job("serve_stop >/dev/null; [ \"$(cat $cpufreq/policy1/scaling_governor)\" = userspace ]"); // as vm_module had set it
        Assert.Equal([$"0 1 -> {Kvm}"], host.Calls("0 1"));
    });

    [Fact]
    public void A_reload_holds_at_once_and_what_the_daemon_must_weigh_is_refused_with_the_reason() => ModuleHost.Run(machine, host =>
    {
        host.Job("serve_module; granted_m", 200);
        Assert.Equal(["2 0 -> 0"], host.Calls("2 0"));
        host.Job("sed -i 's/queries: true/slowest: 3\\n    fastest: 2/' /etc/pollscale/policy.yaml; kill -HUP $(cat /tmp/unit.pid); until_khz 1 2000000; granted_m");
        Assert.Equal(["7 0 -> 131075", "2 0 -> 2"], host.Calls("7 0 2 0"));

        // Another vCPU on the pCPU.
        host.Job("""
            sed -i 's/^pcpus:/  - name: other\n    control: true\n    vcpus: [{vcpu: 0, pcpu: 1}]\npcpus:/' /etc/pollscale/policy.yaml
            kill -HUP $(cat /tmp/unit.pid); serve_told 'is shared with vCPU 0 of other'
            """);
        Assert.Equal([$"2 3 -> {Kvm}"], host.Calls("2 3"));
        host.Job("serve_stop >/dev/null");
    });

    [Fact]
    public void A_silent_vCPU_loses_its_wish_and_not_its_grant() => ModuleHost.Run(machine, host =>
    {
        host.Job("serve_module 'silence: 3s'; granted_m", 200);
        Assert.Equal(["2 1 -> 1"], host.Calls("2 1"));
        host.Job("until_khz 1 800000 20; audited '\"decided\":\"withdrawn\",\"reason\":\"silent\"'");
        Assert.Equal(["1 0 -> 4", "3 1 -> 3"], host.Calls("1 0 3 1"));
        Assert.Equal(3, host.PState(1));
        host.Job("serve_stop >/dev/null");
    });

    [Fact]
    public void Without_the_module_what_to_do_is_told_and_it_is_granted_once_it_is_loaded() => ModuleHost.Run(machine, host =>
    {
        host.Job("serve_module; granted_m; serve_stop >/dev/null; rmmod pollscale_kvm", 200);
        host.Job("serve_module; serve_told 'pollscale_kvm is not loaded'; module_load; chown $service:0 /dev/pollscale; granted_m", 200);
        Assert.Equal(["2 1 -> 1"], host.Calls("2 1"));
        host.Job("serve_stop >/dev/null");
    });
}
