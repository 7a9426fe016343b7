using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using PollScale.Lab.Image;
using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>What `hoststub bench paths` told of every path beside every load, on one boot of a machine: us from a burst to the fastest P-state.</summary>
internal sealed partial class PathMatrix
{
    /// <summary>The path that others are compared with, and the same where it burns its CPU, with the page at which a daemon looks all the time.</summary>
    public const string Loop = "dpdk-loop", SpinningLoop = "dpdk-loop-spinning", SpinningRegion = "region-spinning";

    private const string MicroVm = "micro-vm-", AcpiPath = "acpi", PortPath = "virtio-serial";
    private const string SomeLoads = "0 3x1000 7x1000", Flood = "1x0"; // on one CPU a flood leaves none to the vCPU
    private static readonly string[] s_doorbells = ["hypercall", "port", "mmio"];
    private static readonly string[] s_paths = ["region", "observed", "answered", "module"];
    private static readonly Dictionary<string, string> s_doorbellOf = new()
    {
        ["region"] = "region", [SpinningRegion] = "region", ["observed"] = "region-hypercall", ["answered"] = "region-hypercall", ["module"] = "hypercall",
    };

    private readonly string[] _loads, _paths;
    private readonly Dictionary<string, double> _samples = [];

    private PathMatrix(string[] loads, string[] paths) => (_loads, _paths) = (loads, paths);

    /// <summary>Measures; each burst must see its P-state.</summary>
    /// <param name="machine">Where.</param>
    /// <param name="loads">What goes on beside, as paths.sh takes it.</param>
    /// <param name="bursts">Bursts for a figure.</param>
    /// <param name="seconds">Limit.</param>
    /// <param name="all">Measure virtio-serial, the guest's own kernel through ACPI and hoststub's micro-VM too, and hosts that spin where there is a CPU to spare.</param>
    public static PathMatrix Measure(LabMachine machine, string loads, int bursts, int seconds, bool all = false)
    {
        machine.SkipWithoutModule();
        bool spinning = all && machine.Kind.Cpus > 1; // who spins needs a CPU beside the vCPU's
        string[] micro = all && !spinning ? s_doorbells : []; // which no daemon answers
        PathMatrix matrix = new(
            loads.Split(' '),
            [.. s_paths, .. all ? (string[])[PortPath, AcpiPath] : [], .. micro.Select(doorbell => MicroVm + doorbell), Loop, .. spinning ? (string[])[SpinningRegion, SpinningLoop] : []]);
        string words = $"loads='{loads}' bursts={bursts}";
        string output = Run(machine, $"{words} own={(all ? "1" : "")} micro='{string.Join(' ', micro)}'; paths_all", seconds);
        output += spinning ? Run(machine, $"{words}; paths_spinning", seconds) : "";
        matrix.Read(output);
        Match[] asked = Asked().Matches(output).ToArray();
        Assert.All(asked, one => Assert.Equal("0", one.Groups["errors"].Value));
        Assert.All(
            matrix._paths.Where(s_doorbellOf.ContainsKey).GroupBy(path => s_doorbellOf[path]),
            paths => Assert.Equal(paths.Count() * matrix._loads.Length, asked.Count(one => one.Groups["doorbell"].Value == paths.Key))); // no other way stood in
        File.WriteAllText(Path.Combine(LabFolders.Logs, $"paths-{machine.Kind.Name}.md"), matrix.Table());
        File.WriteAllLines(Path.Combine(LabFolders.Logs, $"paths-{machine.Kind.Name}.tsv"), matrix.Rows());
        TestContext.Current.TestOutputHelper?.WriteLine(matrix.Table());
        Assert.All(from path in matrix._paths from load in matrix._loads select $"{path} load {load}: bursts without the fastest P-state", unanswered => Assert.Equal(0, matrix._samples[unanswered]));
        return matrix;
    }

    /// <summary>Everything, for docs/paths.md: POLLSCALE_PATH_LOADS and POLLSCALE_PATH_BURSTS say otherwise.</summary>
    /// <param name="machine">Where.</param>
    public static void MeasureAll(LabMachine machine) => Measure(
        machine,
        Environment.GetEnvironmentVariable("POLLSCALE_PATH_LOADS") ?? (machine.Kind.Cpus > 1 ? SomeLoads + " " + Flood : SomeLoads + " 1x1000 3x100 7x100"),
        int.Parse(Environment.GetEnvironmentVariable("POLLSCALE_PATH_BURSTS") ?? "150", CultureInfo.InvariantCulture),
        seconds: 600,
        all: true);

    /// <summary>What half the bursts take, in us.</summary>
    public double P50(string path, string load) => _samples[$"{path} load {load}: burst to fastest P-state, p50"];

    /// <summary>What 95 in 100 bursts take, in us.</summary>
    public double P95(string path, string load) => _samples[$"{path} load {load}: burst to fastest P-state, p95"];

    /// <summary>What 99 in 100 bursts take, in us.</summary>
    public double P99(string path, string load) => _samples[$"{path} load {load}: burst to fastest P-state, p99"];

    private static string Run(LabMachine machine, string job, int seconds)
    {
        LabResult run = machine.RunSealed(job, seconds).Expect();
        TestContext.Current.TestOutputHelper?.WriteLine(run.ToString());
        return run.Output;
    }

    // As docs/paths.md has it.
    private string Table()
    {
        IEnumerable<string> lines =
        [
            $"| path | {string.Join(" | ", _loads)} |",
            $"|---|{string.Concat(_loads.Select(_ => "---|"))}",
            .. _paths.Select(path => $"| {path} | {string.Join(" | ", _loads.Select(load => string.Create(CultureInfo.InvariantCulture, $"{P50(path, load):F1} / {P99(path, load):F1}")))} |"),
        ];
        return string.Join('\n', lines) + "\n";
    }

    // As tests/Lab/paths.gnuplot takes it.
    private IEnumerable<string> Rows() =>
        from path in _paths from load in _loads select string.Create(CultureInfo.InvariantCulture, $"{path}\t{load}\t{P50(path, load):F1}\t{P99(path, load):F1}");

    private void Read(string output)
    {
        foreach (string line in output.Split('\n').Where(line => line.StartsWith("{\"type\":\"sample\"", StringComparison.Ordinal)))
        {
            JsonElement sample = JsonDocument.Parse(line).RootElement;
            if (sample.TryGetProperty("name", out JsonElement name))
            {
                _samples.Add(name.GetString()!, sample.GetProperty("ours") is { ValueKind: JsonValueKind.Number } ours ? ours.GetDouble() : double.NaN);
            }
        }
    }

    [GeneratedRegex(@"^bench-bursts doorbell=(?<doorbell>\S+) bursts=\d+ errors=(?<errors>\d+)", RegexOptions.Multiline)]
    private static partial Regex Asked();
}
