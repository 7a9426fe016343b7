using System.Globalization;
using System.Text.RegularExpressions;
using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>
/// What a hypercall costs that is answered within its exit, in instructions of host and guest together, from the store of the request until its echo was looked at: with `hoststub serve` as
/// it is delivered, which makes changes true and notes them.
/// </summary>
[Collection(CountingLinuxMachine.Collection)]
public partial class AnsweredCosts(CountingLinuxMachine machine)
{
    // All share one CPU: threads of the daemon that come before others would run before the guest goes on, as they do on no host that gives a vCPU its own. A change wakes the shard unless it is
    // awake; so that this is the same in every boot it stands still meanwhile. To wake it is another 580.
    private const string Job = """
        l2_append='nokaslr norandmaps'
        ask() { l2_user a "/hypercall_guest \$(dirname \$(grep -l 0x1110 /sys/bus/pci/devices/*/device)) 0 0 $2 $3" 60 | sed "s/^/$1 /"; }
        policy <<-END
        version: 1
        guests:
          - name: a
            control: true
            budget: {calls-per-second: 1000000, burst: 100000}
            shmem: {listen: /run/pollscale/a.sock}
            vcpus:
              - {vcpu: 0, pcpu: 0}
        END
        unset DOTNET_TieredPGO # as the unit starts it
        favour=0
        keeps=$answering serve_start --audit /var/log/pollscale/audit.jsonl
        l2_start a 6.12 $(region a); l2 a regions_for_all
        ask without -1 2
        sed -i 's/^    vcpus:/    hypercall: answered\n&/' /etc/pollscale/policy.yaml
        kill -HUP $(cat /tmp/unit.pid); serve_told 'answered within their exit'; sleep 1
        for warm in 1 2 3 4; do ask warming 2 300 >/dev/null; sleep 1; done
        pid=$(serve_pid)
        for n in 1 2 3; do ask get -1 500; kill -STOP $pid; ask set 2 200; kill -CONT $pid; sleep 1; done
        """;

    private const long Most = 5_200, MostBeside = 1_500; // whole; and beside a call that nobody answers

    [Fact]
    public void An_answer_costs_little_beside_the_exit_and_the_same_in_every_boot()
    {
        Assert.All(CountedBoots.UntilTwoAgree(Measure), boot =>
        {
            Assert.Equal(["get", "set", "without"], boot.Keys);
            Assert.InRange(boot["get"], boot["without"], Math.Min(Most, boot["without"] + MostBeside));
            Assert.InRange(boot["set"], boot["get"] - MostBeside, Most);
        });
    }

    private SortedDictionary<string, long> Measure()
    {
        LabResult run = machine.RunSealed(Job, 100).Expect();
        TestContext.Current.TestOutputHelper?.WriteLine(run.Output);
        SortedDictionary<string, long> least = new(StringComparer.Ordinal);
        foreach (Match line in Line().Matches(run.Output))
        {
            string who = line.Groups["who"].Value;
            Assert.Equal(who == "without" ? "0" : line.Groups["calls"].Value, line.Groups["inside"].Value);
            least[who] = Math.Min(least.GetValueOrDefault(who, long.MaxValue), long.Parse(line.Groups["least"].Value, CultureInfo.InvariantCulture));
        }

        return least;
    }

    [GeneratedRegex(@"(?<who>without|get|set) flags \d+, calls (?<calls>\d+), .* inside (?<inside>\d+), least (?<least>\d+)")]
    private static partial Regex Line();
}
