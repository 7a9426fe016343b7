using System.Globalization;
using System.Text.RegularExpressions;
using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>What a hypercall that the kernel module answers costs in instructions of host and guest together, its record and the change of frequency among them.</summary>
[Collection(CountingHardwareMachine.Collection)]
public partial class ModuleCosts(CountingHardwareMachine machine)
{
    private const string Job = """
        clocks
        dmesg -c >/dev/null
        l2_append='nokaslr norandmaps'
        l2_start m 6.12
        count() { l2_user m "for what in '1 0' '2 1,2'; do /module_guest count \$what 500; done" | sed "s/^/$1 /"; }
        count without
        module_load
        count ungranted
        grant one 0
        count warming
        count granted
        grant_state one
        log_clean
        """;

    // Instructions from vmmcall to what follows it; 3,555 of them without the module. Measured 3,876, 6,994 (2,683 in the driver and its notifiers) and 3,638.
    private const long MostOfGet = 3_950, MostOfSet = 7_050, MostOfHook = 100;

    [Fact]
    public void A_query_and_a_change_cost_little_more_than_the_exit_and_the_same_in_every_boot()
    {
        machine.SkipWithoutModule();
        Assert.All(CountedBoots.UntilTwoAgree(Measure), boot =>
        {
            Assert.InRange(boot["granted 1"], 1, MostOfGet);
            Assert.InRange(boot["granted 2"], 1, MostOfSet);

            // A guest without a grant pays for the look alone.
            Assert.InRange(boot["ungranted 1"], boot["without 1"], boot["without 1"] + MostOfHook);
        });
    }

    private SortedDictionary<string, long> Measure()
    {
        LabResult run = machine.RunSealed(Job, 100).Expect();
        TestContext.Current.TestOutputHelper?.WriteLine(run.Output);
        SortedDictionary<string, long> figures = new(StringComparer.Ordinal);
        foreach (Match line in Line().Matches(run.Output))
        {
            Assert.Equal(line.Groups["who"].Value == "granted" ? "0" : "500", line.Groups["wrong"].Value);
            figures.Add($"{line.Groups["who"].Value} {line.Groups["op"].Value}", long.Parse(line.Groups["p50"].Value, CultureInfo.InvariantCulture));
        }

        return figures;
    }

    [GeneratedRegex(@"(?<who>without|ungranted|granted) count (?<op>\d) calls=500 wrong=(?<wrong>\d+) p50=(?<p50>\d+)")]
    private static partial Regex Line();
}
