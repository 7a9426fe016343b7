using System.Globalization;
using System.Text.RegularExpressions;
using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>Many requests over the page, one after the other: each finds its answer, and the right one.</summary>
[Collection(CountingLinuxMachine.Collection)]
public partial class RegionLoad(CountingLinuxMachine machine)
{
    private const int Calls = 100_000, Most = 10_000;

    private const string Setup = """
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
        serve_start --audit /var/log/pollscale/audit.jsonl
        l2_start a 6.12 $(region a)
        l2 a 'regions_for_all; echo device=$(dirname $(grep -l 0x1110 /sys/bus/pci/devices/*/device)) >/tmp/device'
        measure() { l2_user a ". /tmp/device; /region_guest \$device $1 $2" 120; }

        """;

    [Fact]
    public void Of_a_hundred_thousand_requests_none_is_wrong_or_lost()
    {
        LabResult run = machine.RunSealed($"{Setup}for n in $(seq {Calls / 2 / Most}); do measure get {Most}; measure set {Most}; done", 150).Expect();
        TestContext.Current.TestOutputHelper?.WriteLine(run.Output);
        Match[] lines = [.. Line().Matches(run.Output).Cast<Match>()];
        Assert.All(lines, line => Assert.Equal("0", line.Groups["wrong"].Value));
        Assert.Equal(Calls, lines.Sum(line => int.Parse(line.Groups["count"].Value, CultureInfo.InvariantCulture)));
    }

    [GeneratedRegex(@"(get|set) (?<count>\d+) wrong=(?<wrong>\d+) ring ")]
    private static partial Regex Line();
}
