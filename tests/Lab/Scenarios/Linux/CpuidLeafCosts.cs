using System.Globalization;
using System.Text.RegularExpressions;
using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>
/// What it would cost to ring by a leaf of CPUID, which faults on no vendor's CPU and which KVM's tracepoint kvm:kvm_cpuid tells of, against the hypercall
/// instruction: with the least host in C. The product rings by the instruction: docs/hypercall-abi.md says why. A measurement: run it alone, with -explicit only.
/// </summary>
[Collection(CountingLinuxMachine.Collection)]
public partial class CpuidLeafCosts(CountingLinuxMachine machine)
{
    private const string Job = """
        l2_append='nokaslr norandmaps'
        host() {
            $programs/region_host /run/l2/c.sock $(sed -n 's/^ID: //p' /sys/kernel/tracing/events/kvm/$1/format) "$2" & host=$!
            l2_start c 6.12 -chardev socket,path=/run/l2/c.sock,id=ps0 -device ivshmem-doorbell,chardev=ps0,vectors=1
            l2 c 'regions_for_all; echo device=$(dirname $(grep -l 0x1110 /sys/bus/pci/devices/*/device)) >/tmp/device'
        }
        count() { l2_user c ". /tmp/device; for mode in $3; do /region_guest \$device \$mode 2000 $2; done" | sed "s/^/$1 $2 /"; }
        end() { l2_kill c; kill -9 $host; }
        host kvm_hypercall 'nr >= 0x50530000 && nr < 0x50540000'
        count calls hypercall 'get get get'; kill -STOP $host; count calls hypercall alone; count calls cpuid alone; end
        host kvm_cpuid 'function >= 0x50530000 && function < 0x50540000'
        count leaves leaf 'get get get'; kill -STOP $host; count leaves leaf alone; count leaves cpuid alone; count leaves hypercall alone; end
        """;

    [Fact(Explicit = true)]
    public void A_leaf_costs_what_the_instruction_does_and_makes_every_CPUID_dearer()
    {
        LabResult run = machine.RunSealed(Job, 100).Expect();
        TestContext.Current.TestOutputHelper?.WriteLine(run.Output);
        Dictionary<string, long> least = Line().Matches(run.Output).GroupBy(line => $"{line.Groups["watched"].Value} {line.Groups["by"].Value} {line.Groups["what"].Value}")
            .ToDictionary(lines => lines.Key, lines => lines.Min(line => long.Parse(line.Groups["least"].Value, CultureInfo.InvariantCulture)));
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', least.Select(figure => $"{figure.Key}: {figure.Value}")));
        Assert.InRange(least["leaves leaf reply"], least["calls hypercall reply"] * 98 / 100, least["calls hypercall reply"] * 102 / 100);
        Assert.True(least["leaves cpuid ring"] > least["calls cpuid ring"] * 11 / 10);
    }

    [GeneratedRegex(@"^(?<watched>calls|leaves) (?<by>\w+) \w+ \d+ wrong=0 .*(?<what>ring|reply) p50=\d+ min=(?<least>\d+) p90=\d+ p99=\d+$", RegexOptions.Multiline)]
    private static partial Regex Line();
}
