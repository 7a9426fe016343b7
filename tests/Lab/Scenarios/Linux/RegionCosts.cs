using System.Globalization;
using System.Text.RegularExpressions;
using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>
/// What a request over the shared page costs in instructions of host and guest together, rung by its doorbell and by an observed hypercall: with the least host
/// in C that answers, and with `hoststub serve` as it is delivered (policy, budget, status, audit log; of a hypercall thread, CPU and slot too), in the same boot
/// with the same guest.
/// </summary>
[Collection(CountingLinuxMachine.Collection)]
public partial class RegionCosts(CountingLinuxMachine machine)
{
    // An answered request by serve against the least host; of a hypercall the half of them (18,040 to 16,597) are below 1.09 times, the least of a change is at 1.09 or 1.10 by the boot.
    private const double Most = 1.10, MostObserved = 1.101;

    [Fact]
    public void A_request_costs_little_more_than_with_the_least_host_and_the_same_in_every_boot() =>
        Judge(Job(hostsRing: "", guestsRing: "", policy: ""), Most, mostAlone: 4_600);

    /// <summary>A measurement: its machine hangs now and then, for minutes. Run it alone, with -explicit only.</summary>
    [Fact(Explicit = true)]
    public void An_observed_hypercall_costs_little_more_than_with_the_least_host_and_the_same_in_every_boot() =>
        Judge(Job("$(sed -n 's/^ID: //p' /sys/kernel/tracing/events/kvm/kvm_hypercall/format)", "hypercall", "hypercall: observed"), MostObserved, mostAlone: 5_000);

    // serve runs long enough before that what it compiles again while it runs is compiled.
    private static string Job(string hostsRing, string guestsRing, string policy) => $$"""
        l2_append='nokaslr norandmaps'
        start() { l2_start $1 6.12 $2; l2 $1 'regions_for_all; echo device=$(dirname $(grep -l 0x1110 /sys/bus/pci/devices/*/device)) >/tmp/device'; }
        count() { l2_user $1 ". /tmp/device; for mode in $3; do /region_guest \$device \$mode 3000 {{guestsRing}}; done" | sed "s/^/$2 /"; }
        $programs/region_host /run/l2/c.sock {{hostsRing}} & host=$!
        start c "-chardev socket,path=/run/l2/c.sock,id=ps0 -device ivshmem-doorbell,chardev=ps0,vectors=1"
        count c warming 'get set get set'
        count c least 'get set get set get set'
        kill -STOP $host; count c least alone; l2_kill c; kill -9 $host

        policy <<-END
        version: 1
        guests:
          - name: a
            control: true
            budget: {calls-per-second: 1000000, burst: 100000}
            shmem: {listen: /run/pollscale/a.sock}
            vcpus:
              - {vcpu: 0, pcpu: 0}
            {{policy}}
        END
        unset DOTNET_TieredPGO # as the unit starts it
        favour=0 # as the least host: by a thread's priority the scheduler's own work differs
        serve_start --audit /var/log/pollscale/audit.jsonl
        start a "$(region a)"
        sleep 1
        for warm in 1 2 3 4 5 6 7 8 9 10; do l2_user a '. /tmp/device; /region_guest $device get 500 {{guestsRing}}; /region_guest $device set 500 {{guestsRing}}; sleep 1' >/dev/null; done
        count a serve 'get set get set get set'
        l2_user a '$probe bench-posts 500 --doorbell region --reply-ms 5000; $probe bench-calls 500 --doorbell region --reply-ms 5000'
        pid=$(cat /proc/$(cat /tmp/unit.pid)/task/*/children); kill -STOP $pid; count a serve alone
        """;

    private void Judge(string job, double most, long mostAlone)
    {
        Assert.All(CountedBoots.UntilTwoAgree(() => Measure(job)), boot =>
        {
            Assert.InRange(boot["serve alone ring"], 1, mostAlone);
            Assert.InRange(boot["serve get reply"], 1, boot["least get reply"] * most);
            Assert.InRange(boot["serve set reply"], 1, boot["least set reply"] * most);
        });
    }

    // Medians are one of four, 208 instructions apart and the same for both hosts: what wakes a host meets something that is due, now and then or nearly
    // always. The least of three times 3,000 meets nothing, and repeats from boot to boot.
    private SortedDictionary<string, long> Measure(string job)
    {
        LabResult run = machine.RunSealed(job, 100).Expect();
        TestContext.Current.TestOutputHelper?.WriteLine(run.Output);
        SortedDictionary<string, long> figures = new(StringComparer.Ordinal);
        foreach (Match line in Line().Matches(run.Output))
        {
            Assert.Equal("0", line.Groups["wrong"].Value);
            string what = $"{line.Groups["who"].Value} {line.Groups["mode"].Value} {line.Groups["what"].Value}";
            figures[what] = Math.Min(figures.GetValueOrDefault(what, long.MaxValue), long.Parse(line.Groups["least"].Value, CultureInfo.InvariantCulture));
        }

        return figures;
    }

    // Who asks alone rings, and who waits for an answer counts until that.
    [GeneratedRegex(@"(?<who>least|serve) (?<mode>\w+) \d+ wrong=(?<wrong>\d+).* (?<what>ring|reply) p50=\d+ min=(?<least>\d+) p90=\d+")]
    private static partial Regex Line();
}
