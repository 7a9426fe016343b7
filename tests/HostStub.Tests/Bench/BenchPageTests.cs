using PollScale.HostStub.Bench;
using PollScale.HostStub.Report.Html;
using PollScale.HostStub.Tests.Report.Html;
using Xunit;

namespace PollScale.HostStub.Tests.Bench;

public class BenchPageTests
{
    [Fact]
    public void Paths_that_measure_the_same_share_a_chart_and_what_missed_or_could_not_be_measured_is_a_note()
    {
        BenchResult[] results =
        [
            new("module: burst to fastest P-state, p50", 12, 24, "us", "", true),
            new("region: burst to fastest P-state, p50", 9, null, "us", "", true),
            new("module: bursts without the fastest P-state", 1, null, "", "0", false),
            new("debugcon: not measured, for want of it", double.NaN, null, "", "", true),
        ];
        ReportPage page = BenchPage.Of(new BenchStart { Bench = "paths", Guest = "", Rounds = 0, Cpu = 1, KvmModule = "kvm_intel" }, results, new BenchSummary { Measured = 4, Missed = 1, ExitCode = 3 });
        BarPanel chart = Assert.IsType<BarPanel>(page.Panels[0]);

        Assert.Equal(("Burst to fastest P-state, p50", "us", 2), (chart.Title, chart.Unit, page.Panels.Count));
        Assert.Equal(["module", "region"], chart.Rows);
        Assert.Equal(["ours: 12 9", "baseline: 24 NaN"], chart.Bars.Select(bars => $"{bars.Name}: {string.Join(' ', bars.Values)}"));
        Assert.Equal(["module: bursts without the fastest P-state missed its goal, 0: 1", "debugcon: not measured, for want of it"], page.Notes.Select(note => note.TrimEnd()));
        Assert.Equal(4, Assert.IsType<TablePanel>(page.Panels[1]).Rows.Count);
        Assert.Contains("Burst to fastest", Pages.Html(page), StringComparison.Ordinal);
    }
}
