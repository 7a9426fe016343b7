using System.Globalization;
using System.Text.RegularExpressions;
using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>What a hypercall that the BPF program answers costs in instructions of host and guest together, from the store of the request until its echo was looked at.</summary>
[Collection(CountingLinuxMachine.Collection)]
public partial class AnsweredCosts(CountingLinuxMachine machine)
{
    // A change wakes the host that is told: the least of some meets nobody who runs.
    private const string Job = """
        cat /l2/usr/bin/* /l2/boot/*6.12 >/dev/null # its clock runs on while a disk is read
        l2_append='nokaslr norandmaps'
        vm_answered 1
        answered 0 0 -1 2 | sed 's/^/without /'
        answers_start
        for n in 1 2 3; do answered 0 0 -1 500 | sed 's/^/get /'; answered 0 0 2 500 | sed 's/^/set /'; done
        answers_end
        """;

    private const long MostBeside = 1_500; // what a call costs beside the one that nobody answers

    [Fact]
    public void An_answer_costs_little_beside_the_exit()
    {
        LabResult run = machine.RunSealed(Job, 100).Expect();
        Dictionary<string, long> least = [];
        foreach (Match line in Line().Matches(run.Output))
        {
            (string who, string inside) = (line.Groups["who"].Value, line.Groups["inside"].Value);
            Assert.Equal(who == "without" ? "0" : "500", inside);
            least[who] = Math.Min(least.GetValueOrDefault(who, long.MaxValue), long.Parse(line.Groups["least"].Value, CultureInfo.InvariantCulture));
        }

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', least.Select(f => $"{f.Key}: {f.Value} instructions")));
        Assert.Equal(["get", "set", "without"], least.Keys.Order());
        Assert.InRange(least["get"], least["without"], least["without"] + MostBeside);
        Assert.InRange(least["set"], least["get"] - MostBeside, least["without"] + (2 * MostBeside));
    }

    [GeneratedRegex(@"(?<who>without|get|set) flags .* inside (?<inside>\d+), least (?<least>\d+)")]
    private static partial Regex Line();
}
