using System.Globalization;
using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>Grants: what is refused, and what ends, whoever dies.</summary>
[Collection(LinuxMachine.Collection)]
public class ModuleLife(LinuxMachine machine)
{
    [Fact]
    public void A_grant_that_cannot_hold_is_refused_with_the_reason() => ModuleHost.Run(machine, host =>
    {
        (string Grant, string Error)[] refused =
        [
            ("one 1 version=2", "EINVAL"), ("one 1 flags=4", "EINVAL"), ("one 1 fastest=3 slowest=2", "EINVAL"), ("one 1 slowest=5", "EINVAL"), ("one 1 pstates=0", "EINVAL"),
            ("one 1 pstates=65", "EINVAL"), ("one 1 rate=0", "EINVAL"), ("one 1 burst=0", "EINVAL"), ("one 1 burst=1000001", "EINVAL"), ("one 1 more=1000", "ERANGE"), ("one 1 late=1", "ESRCH"),
            ("one 7 pstates=1 slowest=0 more=1000", "ENXIO"), ("one 100000 pstates=1 slowest=0 more=1000", "ENXIO"),
        ];
        Assert.All(refused, one => Assert.Equal($"refused {one.Error}", host.Grant(one.Grant)));
        host.Job("echo schedutil >$cpufreq/policy1/scaling_governor 2>/dev/null || echo performance >$cpufreq/policy1/scaling_governor");
        Assert.Equal("refused EOPNOTSUPP", host.Grant("one 1"));
        host.Job("clocks");

        // A thread of another process; one that has a grant; a pCPU that has one.
        Assert.Equal("refused ESRCH", host.Job("sleep 60 & p=$!; grant_of one $p no-such-thread 1; kill $p").Output.Trim());
        host.Granted("one 1");
        Assert.Equal("refused EEXIST", host.Grant("two 0"));
        Assert.Equal("refused EBUSY", host.Job("grant_of two \"$(cat $l2s/m/pid)\" qemu-system-x86 1").Output.Trim());
    });

    [Fact]
    public void A_grant_ends_with_the_daemons_word_its_file_and_its_death() => ModuleHost.Run(machine, host =>
    {
        foreach (string end in (string[])["grant_withdraw one", "grant_end one", "kill -9 $(cat /run/grant/one/pid); sleep 1"])
        {
            host.Granted("one 1");
            Assert.Equal(["2 1 -> 1"], host.Calls("2 1"));
            host.Job(end);
            Assert.Equal(["2 3 -> -1", "1 0 -> -1"], host.Calls("2 3 1 0"));

            // The P-state is the daemon's to set back.
            host.Expect(LinuxHost.Rest, 1);
            host.Job("[ ! -d /run/grant/one ] || grant_end one");
        }
    });

    [Fact]
    public void After_kill_9_of_QEMU_the_grant_is_gone_and_its_end_is_on_record() => ModuleHost.Run(machine, host =>
    {
        host.Granted("one 1");
        Assert.Equal(["2 1 -> 1"], host.Calls("2 1"));
        host.Job("l2_kill m");
        Assert.StartsWith("live=0 wish=1", host.Job("grant_state one").Output, StringComparison.Ordinal);
        Assert.Contains("verdict=9 reason=15", host.Job("sleep 0.3; cat /run/grant/one/records").Output, StringComparison.Ordinal);

        // The pCPU is free, though the daemon has not closed its file: a new VM is granted, and has its own grant only.
        host.Job("l2_pcpu=1 l2_ensure m 6.12", 120);
        Assert.Equal(["2 3 -> -1"], host.Calls("2 3"));
        host.Granted("two 1");
        Assert.Equal(["2 3 -> 3"], host.Calls("2 3"));
        host.Expect(LinuxHost.Rest, 3);
    });

    [Fact]
    public void A_wish_is_taken_back_by_who_has_seen_the_last_call_alone() => ModuleHost.Run(machine, host =>
    {
        host.Granted("one 1");
        Assert.Equal(["2 1 -> 1"], host.Calls("2 1"));
        Assert.Equal("EAGAIN done", host.Job("grant_rest one").Output.Trim());
        Assert.StartsWith("live=1 wish=-1", host.Job("grant_state one").Output, StringComparison.Ordinal);
        host.Expect(LinuxHost.Rest, LinuxHost.Rest);

        // A step counts from what is in force, not from what was wished once.
        Assert.Equal(["3 1 -> 3"], host.Calls("3 1"));
        host.Job("echo performance >$cpufreq/policy1/scaling_governor");
        Assert.Equal("EAGAIN EOPNOTSUPP", host.Job("grant_rest one").Output.Trim());
        host.Job("grant_withdraw one");
        Assert.Equal("ENOENT ENOENT", host.Job("grant_rest one").Output.Trim());
        host.Job("clocks");
    });

    [Fact]
    public void After_exec_the_grant_is_gone() => ModuleHost.Run(machine, host =>
    {
        // The same process and thread, another program: the name is that of its first thread, and the number stays.
        host.Job("""
            rm -f /run/go; mkfifo /run/go
            sh -c 'read line </run/go; exec sleep 100' & echo $! >/run/exec.pid
            sleep 0.5; grant_of exec $! sh 1
            grant_state exec | grep -q live=1 && echo go >/run/go && sleep 1 && [ "$(cat /proc/$(cat /run/exec.pid)/comm)" = sleep ]
            """);
        Assert.StartsWith("live=0", host.Job("grant_state exec").Output, StringComparison.Ordinal);
        Assert.Contains("verdict=9 reason=15", host.Job("sleep 0.3; cat /run/grant/exec/records; kill $(cat /run/exec.pid)").Output, StringComparison.Ordinal);
    });

    [Fact]
    public void A_grant_is_for_the_memory_that_it_was_made_for_even_while_others_keep_that_alive() => ModuleHost.Run(machine, host =>
    {
        Assert.Contains("granted", host.Job("own_vm; grant_of own $(cat /tmp/own.pid) hypercall_vm 1").Output, StringComparison.Ordinal);
        Assert.Equal(["2 1 -> 1"], LinuxHost.Replies(host.Job("own_calls 2 1")));
        Assert.Equal(["2 3 -> -1000", "0 1 -> -1000"], LinuxHost.Replies(host.Job("echo exec >/run/own; own_told up 2; own_calls 2 3 0 1"))); // KVM's own answer at CPL 0
        Assert.StartsWith("live=1 wish=1 1 0 0 0", host.Job("grant_state own").Output, StringComparison.Ordinal);
        Assert.Equal(1, host.PState(1));
        host.Job("killall -9 hypercall_vm; sleep 1");
        Assert.StartsWith("live=0", host.Job("grant_state own").Output, StringComparison.Ordinal);
    });

    [Fact]
    public void A_flood_is_held_to_its_budget_and_loses_records_not_answers() => ModuleHost.Run(machine, host =>
    {
        const int Rate = 100, Burst = 10, Records = 4096;
        host.Granted($"one 1 rate={Rate} burst={Burst}");
        host.Job("kill -STOP $(cat /run/grant/one/pid)"); // a daemon that hangs
        string[] lines = host.Job("cut -d ' ' -f 1 /proc/uptime; l2_user m '/module_guest flood 3'; cut -d ' ' -f 1 /proc/uptime; kill -CONT $(cat /run/grant/one/pid)").Output.Trim().Split('\n');
        Assert.Equal(3, lines.Length);
        Dictionary<long, long> answers = lines[1].Split(": ")[1].Split(' ').Select(one => one.Split('*')).ToDictionary(pair => Number(pair[0]), pair => Number(pair[1]));
        double seconds = double.Parse(lines[2], CultureInfo.InvariantCulture) - double.Parse(lines[0], CultureInfo.InvariantCulture);
        long paid = answers.Where(answer => answer.Key >= 0).Sum(answer => answer.Value);
        Assert.InRange(paid, Burst + 1, Burst + (Rate * seconds) + 1);
        Assert.InRange(answers[-11], Records * 2, long.MaxValue);

        // All calls but queries that were answered are on record, or counted as lost.
        string last = host.Job("sleep 0.5; calls 2 9 >/dev/null; sleep 0.5; wc -l </run/grant/one/records; tail -n 1 /run/grant/one/records").Output;
        Assert.InRange(Number(last.Split("lost=")[1].Trim()) + Number(last.Split('\n')[0]), answers[-11], answers.Values.Sum() + 1);
    });

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
