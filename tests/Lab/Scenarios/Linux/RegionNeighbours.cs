using System.Globalization;
using System.Text.RegularExpressions;
using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>
/// Requests of one VM of a daemon, of one of two and of one of four, over the shared page, and the same VM's over virtio-serial. The others make load: requests
/// over their own pages, a millisecond of sleep between two. All share one CPU, so that a neighbour's turn which comes in between is in the figures: it moves
/// the ninety-ninth in a hundred, not the half of them.
/// </summary>
[Collection(CountingLinuxMachine.Collection)]
public partial class RegionNeighbours(CountingLinuxMachine machine)
{
    private const string Job = """
        {
            printf 'version: 1\ndefaults: {budget: {calls-per-second: 1000000, burst: 100000}}\nguests:\n'
            for n in a b c e; do printf '  - {name: %s, control: true, shmem: {listen: /run/pollscale/%s.sock}, vcpus: [{vcpu: 0, pcpu: 0}]}\n' $n $n; done
            printf '  - {name: p, control: true, vcpus: [{vcpu: 0, pcpu: 0, channel: {connect: /run/l2/p/poweragent.0}}]}\n'
        } | policy
        unset DOTNET_TieredPGO # as the unit starts it
        serve_start --audit /var/log/pollscale/audit.jsonl
        start() { l2_start $1 6.12 $(region $1); l2 $1 'regions_for_all; echo device=$(dirname $(grep -l 0x1110 /sys/bus/pci/devices/*/device)) >/tmp/device'; }
        load() { l2_user $1 '. /tmp/device; (while /region_guest $device paced 100 >>/tmp/load; do :; done) & true'; }
        loaded() { l2 $1 'cat /tmp/load' | sed "s/^/load $1 /"; }
        measure() { l2_user a ". /tmp/device; /region_guest \$device $2 $3" 60 | sed "s/^/$1 /"; }
        for n in a b c e; do start $n; done
        for warm in 1 2 3 4; do measure 0 get 500; measure 0 set 500; sleep 1; done
        measure 1 get 2000; measure 1 set 2000
        load b; measure 2 get 2000; measure 2 set 2000
        load c; load e; measure 4 get 2000; measure 4 set 2000
        for n in b c e; do loaded $n; l2_kill $n; done
        l2_kill a
        l2_start p 6.12 $(port p); l2 p ports_for_all
        l2_user p '$probe bench-calls 1000 --op set --doorbell guest-channel --reply-ms 5000; $probe bench-calls 500 --op set --doorbell guest-channel --reply-ms 5000' 120
        """;

    // Of half the requests: what another VM's turn may cost them.
    private const double MostMoved = 1.10;

    // What the page is there for: a tenth of a virtio-serial request.
    private const double MostOfPort = 0.1;

    [Fact]
    public void Half_of_a_VMs_requests_cost_the_same_beside_three_others_and_a_tenth_of_those_over_virtio_serial()
    {
        LabResult run = machine.RunSealed(Job, 100).Expect();
        TestContext.Current.TestOutputHelper?.WriteLine(run.Output);
        Match[] lines = [.. Line().Matches(run.Output).Cast<Match>()];
        Assert.All(lines, line => Assert.Equal("0", line.Groups["wrong"].Value));
        long port = long.Parse(Port().Matches(run.Output)[^1].Groups["p50"].Value, CultureInfo.InvariantCulture);
        foreach (string op in (string[])["get", "set"])
        {
            long[] half = [.. ((string[])["1", "2", "4"]).Select(vms => long.Parse(Assert.Single(lines, line => line.Groups["vms"].Value == vms && line.Groups["op"].Value == op).Groups["p50"].Value, CultureInfo.InvariantCulture))];
            Assert.All(half, p50 => Assert.InRange(p50, 1, half[0] * MostMoved));
            Assert.InRange(half[0], 1, port * MostOfPort);
        }

        // The others did make load meanwhile.
        Assert.Equal(["b", "c", "e"], Load().Matches(run.Output).Select(line => line.Groups["vm"].Value).Distinct());
    }

    [GeneratedRegex(@"^(?<vms>\d) (?<op>get|set) \d+ wrong=(?<wrong>\d+) ring .* reply p50=(?<p50>\d+) ", RegexOptions.Multiline)]
    private static partial Regex Line();

    [GeneratedRegex(@"^load (?<vm>\w) paced 100 wrong=0 ", RegexOptions.Multiline)]
    private static partial Regex Load();

    [GeneratedRegex(@"^bench-calls doorbell=guest-channel calls=\d+ errors=0 .*p50_ticks=(?<p50>\d+)", RegexOptions.Multiline)]
    private static partial Regex Port();
}
