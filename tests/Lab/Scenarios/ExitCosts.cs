using System.Globalization;
using System.Text.RegularExpressions;
using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios;

/// <summary>What a call costs by doorbell, in instructions of the host (kernel and hoststub) and the guest together.</summary>
[Collection(CountingMachine.Collection)]
public partial class ExitCosts(CountingMachine machine)
{
    // Code that is compiled again while it runs costs less the second time.
    private const string Job = "export DOTNET_TieredCompilation=0; for d in hypercall port mmio; do hoststub run --doorbell $d --budget 1000000/1000000 $guest -- bench-calls 1000; done";

    // Mostly not an instruction differs; now and then one of the thousands does, when the kernel laid something out otherwise.
    private const double Spread = 0.001;

    [Fact]
    public void A_call_costs_the_same_instructions_in_every_run()
    {
        List<(string Doorbell, long Instructions)> first = Measure(), second = Measure();

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', first.Zip(second, (a, b) => $"{a.Doorbell}: {a.Instructions}, then {b.Instructions} instructions")));
        Assert.Equal(["hypercall", "port", "mmio"], first.Select(c => c.Doorbell));
        Assert.Equal(first.Select(c => c.Doorbell), second.Select(c => c.Doorbell));
        Assert.All(first.Zip(second), pair => Assert.InRange(pair.Second.Instructions, pair.First.Instructions * (1 - Spread), pair.First.Instructions * (1 + Spread)));
        Assert.All(first, c => Assert.InRange(c.Instructions, 2_000, 20_000));
    }

    private List<(string Doorbell, long Instructions)> Measure() =>
    [
        .. machine.RunSealed(Job, 100).Expect().GuestLines.Select(l => Line().Match(l)).Where(m => m.Success)
            .Select(m => (m.Groups[1].Value, long.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture))),
    ];

    [GeneratedRegex(@"^bench-calls doorbell=(\w+) calls=1000 errors=0 .*p50_ticks=(\d+)")]
    private static partial Regex Line();
}
