using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using PollScale.Programs;
using Xunit;

namespace PollScale.HostStub.Tests.EndToEnd;

/// <summary>
/// The micro-VM beside the simulator: the same traffic, actuator, governors and cost of a packet. A measurement, for a machine with nothing else to do:
/// <c>HostStub.Tests -class '*SimulatorAgreementTests' -explicit only -showLiveOutput</c>.
/// </summary>
public partial class SimulatorAgreementTests(ITestOutputHelper output)
{
    private const int Runs = 3, StandInNs = 250, MHzPerGHz = 1000;
    private const double MostPoints = 3, MostStalled = 0.1, Same = 1;
    private const string Traffic = "bursty:low=0.2Mpps,high=1.2Mpps,period=4s", Seconds = "8s";
    private static readonly string[] s_governors = ["max", "optimal-available", "drain-time", "arrival-envelope", "l3fwd-power:interrupts=off", "threshold"];

    [Fact(Explicit = true)]
    public void Each_governor_saves_what_the_simulator_says_and_in_the_same_order()
    {
        List<(string Governor, double Vm, double Simulated)> medians = [];
        output.WriteLine("| governor | saved in the micro-VM | simulated | own work | call, p50 | held up |");
        output.WriteLine("|---|---|---|---|---|---|");
        foreach (string governor in s_governors)
        {
            (double Vm, double Simulated)[] runs = [.. Enumerable.Range(0, Runs).Select(_ => Run(governor))];
            medians.Add((governor, Median(runs.Select(run => run.Vm)), Median(runs.Select(run => run.Simulated))));
        }

        Assert.All(medians, one => Assert.True(Math.Abs(one.Vm - one.Simulated) <= MostPoints, $"{one}"));
        Assert.All(
            from a in medians from b in medians where a.Simulated > b.Simulated + Same select (a, b),
            pair => Assert.True(pair.a.Vm > pair.b.Vm - Same, $"{pair}"));
    }

    private (double Vm, double Simulated) Run(string governor)
    {
        using Process process = HostStubProcess.StartForwarder("--traffic", Traffic, "--duration", Seconds, "--json", "--", "--governor", governor, "--work-ns", $"{StandInNs}");
        HostStubProcess.Result run = HostStubProcess.Finish(process);
        Assert.True(run.ExitCode is (int)ExitCode.Ok or (int)ExitCode.PacketsLost, $"{governor}: {run.Error}");
        JsonElement summary = run.Summary;
        int ownNs = int.Parse(OwnWork().Match(run.Error).Groups["ns"].Value, CultureInfo.InvariantCulture);
        double call = summary.GetProperty("round_trip_ns").GetProperty("p50").GetDouble(), saved = summary.GetProperty("energy_saved_percent").GetDouble();
        double stalled = summary.GetProperty("generator_stalled_ms").GetDouble() / 1000 / summary.GetProperty("duration_s").GetDouble();
        double simulated = Simulate(governor, ownNs, call, summary.GetProperty("residency_percent"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {governor} | {saved:F1} % | {simulated:F1} % | {ownNs} ns | {call / 1000:F0} us | {stalled:P1} |"));
        Assert.SkipWhen(stalled > MostStalled, $"This machine is busy with something else: the generator was held up for {stalled:P0} of the time.");
        return (saved, simulated);
    }

    private static double Simulate(string governor, int ownNs, double callNs, JsonElement residency)
    {
        int fastest = residency.EnumerateArray().Max(one => one.GetProperty("mhz").GetInt32());
        using Process process = HostStubProcess.StartSimulate(
            "--governor", governor, "--traffic", Traffic, "--duration", Seconds, "--warmup", "1ms", "--seeds", "1", "--actuator", "20us-delay", "--memory-ns", "0", "--json",
            "--channel", string.Create(CultureInfo.InvariantCulture, $"direct:{callNs / 1000:F1}us"),
            "--cycles-per-packet", $"{(StandInNs + ownNs) * fastest / MHzPerGHz}");
        HostStubProcess.Result result = HostStubProcess.Finish(process);
        Assert.True(result.ExitCode == 0, result.Error);
        JsonElement sample = result.Output.Split('\n').Where(line => line.Contains("\"type\":\"sample\"", StringComparison.Ordinal)).Select(line => JsonDocument.Parse(line).RootElement)
            .First(one => one.GetProperty("governor").GetString()!.StartsWith(governor, StringComparison.Ordinal));
        return 100 * sample.GetProperty("saved_share").GetDouble();
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Runs / 2);

    [GeneratedRegex(@"own work (?<ns>\d+) ns a packet")]
    private static partial Regex OwnWork();
}
