using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>Hypercalls of a process of user nobody, answered by the kernel module within their exit: what they are answered, and which pCPU hears of it.</summary>
[Collection(LinuxMachine.Collection)]
public class ModuleCalls(LinuxMachine machine)
{
    private const string Kvm = "-1"; // KVM's own answer at CPL 3

    // P-states 1 .. 3 of 5 allowed; the pCPU is at its rest, 4, before.
    private static readonly (string Call, string Answer)[] s_expected =
    [
        ("0 1", "65541"), ("0 0", "65541"), ("0 -1", "65541"), // version 1 << 16 | 5
        ("1 0", "4"), ("1 1", "-22"), ("1 -1", "-22"),
        ("2 4", "3"), ("1 0", "3"), ("2 0", "1"), ("2 2", "2"), ("2 5", "-22"), ("2 64", "-22"), ("2 -1", "-22"), ("2 0x7fffffffffffffff", "-22"), ("2 0x100000001", "-22"),
        ("3 -1", "3"), ("3 1", "2"), ("3 0", "2"), ("3 -32", "3"), ("3 31", "1"), ("3 0x7fffffffffffffff", "1"), ("3 -0x7fffffffffffffff", "3"), ("3 -0x8000000000000000", "3"),
        ("4 0", "1"), ("4 1", "-22"), ("5 0", "3"), ("5 1", "-22"),
        ("6 0", "3200000"), ("6 4", "800000"), ("6 5", "-22"), ("6 64", "-22"), ("6 -1", "-22"),
        ("7 0", "65539"), ("7 1", "-22"), // fastest 1 << 16 | slowest 3
        ("8 0", "-1000"), ("0xffff 0", "-1000"),

        // Numbers of others: KVM's own answers.
        ("0x200000 0", Kvm), ("0x100000002 0", Kvm), ("-0x50530000 0", Kvm),
    ];

    [Fact]
    public void Each_call_valid_and_hostile_has_its_answer() => ModuleHost.Run(machine, host =>
    {
        host.Granted("one 1 fastest=1 slowest=3");
        (string[] calls, string[] answers) = ([.. s_expected.Select(e => e.Call)], [.. s_expected.Select(e => e.Answer)]);
        string[] replies = host.Calls(string.Join(' ', calls));
        Assert.Equal(answers, replies.Select(reply => reply[(reply.IndexOf("-> ", StringComparison.Ordinal) + 3)..]));
        host.Expect(LinuxHost.Rest, 3);

        // 32-bit code has other registers than the ABI's.
        Assert.Contains("compat 2 -> -1000", host.Job("l2_user m '/module_guest compat 2 1'").Output, StringComparison.Ordinal);
    });

    [Fact]
    public void A_change_reaches_the_register_of_its_own_pCPU_and_of_no_other_and_is_on_record() => ModuleHost.Run(machine, host =>
    {
        host.Granted("one 1");
        foreach (int pState in (int[])[2, 0, 3, 1])
        {
            Assert.Equal([$"2 {pState} -> {pState}"], host.Calls($"2 {pState}"));
            host.Expect(LinuxHost.Rest, pState);
        }

        string records = host.Job("sleep 0.3; cat /run/grant/one/records").Output;
        Assert.Contains("vcpu=0 pcpu=1 cpu=1 op=2 argument=3 reply=3 verdict=0 reason=0 pstate=3 khz=1400000 lost=0", records, StringComparison.Ordinal);
        Assert.Equal(4, records.Split('\n').Count(line => line.Contains("op=2", StringComparison.Ordinal)));
        Assert.StartsWith("live=1 wish=1 4 0 0", host.Job("grant_state one").Output, StringComparison.Ordinal);
    });

    [Fact]
    public void A_vCPU_without_a_grant_has_KVMs_own_answer_and_reaches_no_register() => ModuleHost.Run(machine, host =>
    {
        Assert.All(host.Calls("0 1 1 0 2 0 4 0 7 0 8 0"), reply => Assert.EndsWith($"-> {Kvm}", reply, StringComparison.Ordinal));

        // One that is granted to another thread of the same process is of no use to this one.
        host.Job("grant_of other \"$(cat $l2s/m/pid)\" qemu-system-x86 1 || true; cat /run/grant/other/grant");
        Assert.All(host.Calls("0 1 2 0 4 0"), reply => Assert.EndsWith($"-> {Kvm}", reply, StringComparison.Ordinal));
        host.Expect(LinuxHost.Rest, LinuxHost.Rest);
    });

    [Fact]
    public void A_thread_on_another_CPU_or_one_that_may_run_elsewhere_changes_nothing() => ModuleHost.Run(machine, host =>
    {
        host.Granted("one 1");
        Assert.Equal(["2 2 -> 2"], host.Calls("2 2"));
        host.Job("l2_pin m 0");
        Assert.Equal(["2 0 -> -1", "4 0 -> -1", "3 1 -> -1", "7 0 -> 4"], host.Calls("2 0 4 0 3 1 7 0"));
        host.Expect(LinuxHost.Rest, 2);
        host.Job("l2_pin m 1; for t in /proc/$(cat $l2s/m/pid)/task/*; do chroot /disk /bin/taskset -pc 0,1 ${t##*/} >/dev/null; done");
        Assert.All(LinuxHost.Replies(host.Job("taskset 1 sh -c 'while :; do :; done' & busy=$!; calls 2 0 2 0 2 0 2 0 2 0 2 0 2 0 2 0; kill $busy")), reply => Assert.Equal("2 0 -> -1", reply));
        host.Expect(LinuxHost.Rest, 2);
        Assert.Contains("cpu=1 op=2 argument=0 reply=-1 verdict=3 reason=3", host.Job("sleep 0.3; cat /run/grant/one/records").Output, StringComparison.Ordinal); // where it may stay, too
        host.Job("l2_pin m 1");
        Assert.Equal(["2 0 -> 0"], host.Calls("2 0"));
        Assert.Contains("verdict=3 reason=3", host.Job("sleep 0.3; cat /run/grant/one/records").Output, StringComparison.Ordinal);
    });

    [Fact]
    public void Without_control_without_queries_and_with_a_spent_budget_calls_are_refused() => ModuleHost.Run(machine, host =>
    {
        host.Granted("one 1 flags=2");
        Assert.Equal(["0 1 -> 65541", "2 0 -> -1", "7 0 -> 4"], host.Calls("0 1 2 0 7 0"));
        host.Job("grant_end one");
        host.Granted("one 1 flags=1");
        Assert.Equal(["0 1 -> 65541", "1 0 -> -1", "7 0 -> -1", "2 3 -> 3"], host.Calls("0 1 1 0 7 0 2 3"));
        host.Job("grant_end one");
        host.Granted("one 1 rate=1 burst=3");
        Assert.Equal(["2 1 -> 1", "8 0 -> -1000", "2 9 -> -22", "2 2 -> -11", "0 1 -> -11"], host.Calls("2 1 8 0 2 9 2 2 0 1"));
        host.Expect(LinuxHost.Rest, 1);
    });

    [Fact]
    public void Where_another_governor_has_taken_the_pCPU_back_nothing_is_changed() => ModuleHost.Run(machine, host =>
    {
        host.Granted("one 1");
        Assert.Equal(["2 2 -> 2"], host.Calls("2 2"));
        host.Job("echo performance >$cpufreq/policy1/scaling_governor");
        Assert.Equal(["2 3 -> -95", "1 0 -> 0"], host.Calls("2 3 1 0"));
        Assert.Equal(0, host.PState(1));
        host.Job("clocks");
        Assert.Equal(["2 3 -> 3"], host.Calls("2 3"));

        // The kernel's own bounds are told, and applied again by the governor when they go.
        host.Job("echo 2000000 >$cpufreq/policy1/scaling_max_freq");
        Assert.Equal(["2 0 -> 2", "1 0 -> 2"], host.Calls("2 0 1 0"));
        Assert.Contains("reply=2 verdict=1 reason=12", host.Job("sleep 0.3; cat /run/grant/one/records; echo 3200000 >$cpufreq/policy1/scaling_max_freq").Output, StringComparison.Ordinal);
        host.Expect(LinuxHost.Rest, 0);
    });
}
