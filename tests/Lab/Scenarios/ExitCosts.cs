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
    private const string Job = "export DOTNET_TieredCompilation=0; for d in hypercall port mmio; do hoststub run --doorbell $d --budget 1000000/1000000 $probe -- bench-calls 1000; done";

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

    [Fact]
    public void The_bare_loop_that_bench_exits_compares_with_runs_and_repeats()
    {
        // The loop twice, and the command that compares with it.
        LabResult first = MeasureBare(), second = MeasureBare();
        string[] bare = Ticks(first), again = Ticks(second);
        TestContext.Current.TestOutputHelper?.WriteLine($"port, mmio: {string.Join(", ", bare)}, then {string.Join(", ", again)} instructions\n{first.Output}");
        Assert.Equal(2, bare.Length);
        Assert.All(bare.Zip(again), pair => Assert.InRange(Number(pair.Second), Number(pair.First) * (1 - Spread), Number(pair.First) * (1 + Spread)));
        Assert.All(bare, ticks => Assert.InRange(Number(ticks), 2_000, 10_000));
    }

    private LabResult MeasureBare()
    {
        LabResult result = machine.RunSealed("for d in port mmio; do chroot /disk /app/prebuilt/exit_baseline $d 1000 0 || exit; done; hoststub bench exits --guest $probe --rounds 1; s=$?; [ $s -eq 0 ] || [ $s -eq 3 ]", 150);
        return result.Expect();
    }

    // "p50 p90 p99 min", a line each.
    private static string[] Ticks(LabResult result) => [.. result.Output.Split('\n').Select(l => Bare().Match(l)).Where(m => m.Success).Select(m => m.Groups[1].Value)];

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private List<(string Doorbell, long Instructions)> Measure() =>
    [
        .. machine.RunSealed(Job, 100).Expect().GuestLines.Select(l => Line().Match(l)).Where(m => m.Success)
            .Select(m => (m.Groups[1].Value, long.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture))),
    ];

    [GeneratedRegex(@"^(\d+) \d+ \d+ \d+$")]
    private static partial Regex Bare();

    [GeneratedRegex(@"^bench-calls doorbell=(\w+) calls=1000 errors=0 .*p50_ticks=(\d+)")]
    private static partial Regex Line();
}
