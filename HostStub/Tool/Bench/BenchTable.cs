using System.Globalization;
using PollScale.HostStub.Report.Kit;
using Spectre.Console;

namespace PollScale.HostStub.Bench;

/// <summary>The table of measurements, once all are made.</summary>
internal sealed class BenchTable(IAnsiConsole console) : IReport
{
    private readonly Table _table = new Table().AddColumns("measured", "here", "baseline", "ratio", "goal", "");
    private string _module = "";

    /// <inheritdoc/>
    public void Show(ReportLine line)
    {
        switch (line)
        {
            case BenchStart start:
                _module = start.KvmModule;
                break;
            case BenchResult result:
                _table.AddRow(
                    Markup.Escape(result.Name),
                    Number(result.Ours, result.Unit),
                    Number(result.Baseline, result.Unit),
                    result.Ratio?.ToString("F3", CultureInfo.InvariantCulture) ?? "",
                    Markup.Escape(result.Goal),
                    result.Met ? "met" : "MISSED");
                break;
            case BenchSummary:
                console.Write(_table);
                console.WriteLine($"KVM module {_module}. Compare ratios: absolute figures belong to this machine and minute.");
                break;
        }
    }

    private static string Number(double? value, string unit) =>
        value is double number ? string.Create(CultureInfo.InvariantCulture, $"{number:#,0.###} {unit}") : "";
}
