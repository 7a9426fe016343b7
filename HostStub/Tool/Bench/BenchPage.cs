using System.Globalization;
using PollScale.HostStub.Report;
using PollScale.HostStub.Report.Html;
using PollScale.HostStub.Report.Kit;

namespace PollScale.HostStub.Bench;

/// <summary>The HTML report of measurements: a chart for all that measure the same, and a table.</summary>
internal static class BenchPage
{
    private const string Separator = ": ";

    /// <summary>Makes it.</summary>
    /// <param name="start">What was measured, and where.</param>
    /// <param name="results">The results.</param>
    /// <param name="summary">What they come to.</param>
    public static ReportPage Of(BenchStart start, IReadOnlyList<BenchResult> results, BenchSummary summary) => new()
    {
        Title = $"bench {start.Bench}",
        Subtitle = string.Create(CultureInfo.InvariantCulture, $"hoststub bench {start.Bench}, {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC, pCPU {start.Cpu}"),
        Figures =
        [
            new PageFigure("Measured", Human.Count(summary.Measured)),
            new PageFigure("Goals missed", Human.Count(summary.Missed)),
        ],
        Notes =
        [
            .. summary.Status == LineStatus.Interrupted ? (string[])["Interrupted: these are the measurements that were made."] : [],
            .. results.Where(result => !result.Met).Select(result => $"{result.Name} missed its goal, {result.Goal}: {Human.Round(result.Ours)} {result.Unit}"),
            .. results.Where(result => result.Unit.Length == 0 && double.IsNaN(result.Ours)).Select(result => result.Name),
        ],
        Facts = [new PageFact("KVM", start.KvmModule), .. Facts(start.Host)],
        Panels = [.. results.Where(result => double.IsFinite(result.Ours) && result.Unit.Length > 0).GroupBy(Measure).Select(Chart), Table(results)],
    };

    private static IEnumerable<PageFact> Facts(HostFacts? host) => host is null ? [] :
    [
        new PageFact("CPU", host.CpuModel),
        new PageFact("Microcode", host.Microcode),
        new PageFact("Virtualised", host.Virtualised ? "yes: no figure is of silicon" : "no"),
        new PageFact("Kernel", host.Kernel),
        new PageFact("Cpufreq driver", host.CpufreqDriver),
        new PageFact("TSC", FormattableString.Invariant($"{host.TscKhz} kHz{(host.TscInvariant ? ", invariant" : "")}")),
    ];

    // "PATH: what": paths beside each other; other names stand for themselves, by unit.
    private static (string What, string Unit) Measure(BenchResult result) => (result.Name.IndexOf(Separator, StringComparison.Ordinal) is > 0 and int at ? result.Name[(at + Separator.Length)..] : "", result.Unit);

    private static BarPanel Chart(IGrouping<(string What, string Unit), BenchResult> same)
    {
        bool compared = same.Any(result => result.Baseline is not null);
        return new BarPanel
        {
            Title = same.Key.What.Length > 0 ? char.ToUpperInvariant(same.Key.What[0]) + same.Key.What[1..] : $"In {same.Key.Unit}",
            Unit = same.Key.Unit,
            Rows = [.. same.Select(result => same.Key.What.Length > 0 ? result.Name[..result.Name.IndexOf(Separator, StringComparison.Ordinal)] : result.Name)],
            Bars = compared
                ? [new PageBars("ours", [.. same.Select(result => result.Ours)]), new PageBars("baseline", [.. same.Select(result => result.Baseline ?? double.NaN)])]
                : [new PageBars("", [.. same.Select(result => result.Ours)])],
        };
    }

    private static TablePanel Table(IReadOnlyList<BenchResult> results) => new()
    {
        Title = "All measurements",
        Columns = [new PageColumn("what", IsText: true), new PageColumn("ours"), new PageColumn("baseline"), new PageColumn("unit", IsText: true), new PageColumn("ratio"), new PageColumn("goal", IsText: true), new PageColumn("met", IsText: true)],
        Rows = [.. results.Select(result => (IReadOnlyList<string>)
        [
            result.Name, Human.Round(result.Ours), Human.Round(result.Baseline), result.Unit, Human.Round(result.Ratio), result.Goal, result.Goal.Length == 0 ? "" : result.Met ? "yes" : "NO",
        ])],
    };
}
