using System.Globalization;
using PollScale.HostStub.Report;
using PollScale.HostStub.Report.Kit;
using PollScale.HostStub.Simulation.Frontier;
using PollScale.HostStub.Simulation.Tuning;
using PollScale.Simulation.Studies;
using Spectre.Console;

namespace PollScale.HostStub.Simulation;

/// <summary>Tables for people: one a workload, and one over all of them.</summary>
internal sealed class SimulateTables(IAnsiConsole console, PlanCertificates certificates) : IReport
{
    // Shown at the end: tables among a progress bar would be torn.
    private readonly List<StudyRow> _rows = [];

    /// <inheritdoc/>
    public void Show(ReportLine line)
    {
        switch (line)
        {
            case SimulateStart start:
                Begin(start);
                break;
            case SimulateRow row:
                _rows.Add(row.Source);
                break;
            case SimulateSummary summary:
                End(summary);
                break;
            case FrontierResult result:
                FrontierTables.Write(console, result);
                break;
            case TuneResult result:
                Tuned(result);
                break;
        }
    }

    private void Begin(SimulateStart start)
    {
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{start.PStates}: {start.Khz.Count} P-states, {start.Khz[0] / 1000} .. {start.Khz[^1] / 1000} MHz, {start.ServiceRate / 1e6:0.###} Mpps at most. Actuator {start.Actuator}, channel {start.Channel}, ring {start.Ring}, delay bound {Human.Microseconds(start.DelayBoundUs)}, {start.DurationS:0.###} s a run, {start.WarmupS:0.###} s of them warm-up. An lcore that sleeps draws {SleepText(start.IdleStates)}.");
        if (start.DelayChoice is string choice)
        {
            console.WriteLine(choice);
        }

        if (start.Costs.Length > 0)
        {
            Line($"What packets cost varies: {start.Costs}. The oracle knows their usual cost only, and is no bound here.");
        }

        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"At a line rate of {start.LineRate / 1e6:0.###} Mpps: {start.Certificate} {start.DelayCertificate}");
    }

    private void End(SimulateSummary summary)
    {
        foreach (IGrouping<string, StudyRow> workload in _rows.GroupBy(row => row.Workload))
        {
            Write(workload.Key, workload, Runs);
            foreach (string line in CertificateLines.Of(workload, certificates).Append(CertificateLines.Infeasible(workload) ?? ""))
            {
                Line(line);
            }
        }

        if (_rows.Count > 0)
        {
            Write("All workloads", _rows, AllWorkloads);
            Line("E/oracle: energy over the least that keeps the bounds, geometric mean of valid runs; below 1 where sleeping saves more than frequency alone can, for the oracle never sleeps. E/best: energy over that of the best of the other governors, the fastest P-state among them, chosen for each run in hindsight from those that are valid and never sleep; most: the worst run. saved: energy against the fastest P-state. Delays: the worst run's. excess: packets lost that the fastest P-state does not lose. idle: calls that changed nothing. NO: lost packets, or kept more than 0.1 % of them beyond the delay bound, without need. Lambda: packets that can pile up before a faster P-state takes effect, over what the ring may hold; it is about loss only. A delay bound that is kept is kept for 99.9 % of packets.");
        }

        if (summary.Interrupted)
        {
            Line($"Interrupted after {summary.Runs} of {summary.PlannedRuns} runs: the figures are of those.");
        }
    }

    private void Tuned(TuneResult result)
    {
        if (result is { DefaultTest: Figures usual, BestTest: Figures best })
        {
            FiguresTable table = new($"Test: {result.TestedOn}", AllWorkloads);
            table.Add(usual with { Governor = "as given" });
            table.Add(best with { Governor = "tuned" });
            table.Write(console);
        }

        Line(result.Verdict);

        // To be pasted: never folded.
        console.Profile.Out.Writer.WriteLine($"Catalog text:  {result.Governor}");
        console.Profile.Out.Writer.WriteLine($"C#:            {result.CSharp}");
    }

    private void Line(string text)
    {
        if (text.Length > 0)
        {
            console.WriteLine(SafeText.Line(text));
        }
    }

    private void Write(string title, IEnumerable<StudyRow> rows, Func<Figures, string> validity)
    {
        FiguresTable table = new(title, validity);
        foreach (IGrouping<string, StudyRow> governor in rows.GroupBy(row => row.Governor))
        {
            table.Add(Figures.Of([.. governor]));
        }

        table.Write(console);
    }

    private static string SleepText(IReadOnlyList<SimulateIdleState> states) => states is [{ LeastResidencyUs: 0, ExitLatencyUs: 0 } one]
        ? FormattableString.Invariant($"{one.Watts:0.##} W")
        : string.Join(", ", states.Select(state => FormattableString.Invariant($"{state.Watts:0.###} W in {SafeText.Line(state.Name)} (waits of {Human.Microseconds(state.LeastResidencyUs)} or more, {Human.Microseconds(state.ExitLatencyUs)} later)")));

    private static string Runs(Figures figures) => figures.Valid ? "yes" : $"NO, {figures.InvalidRuns} of {figures.Runs}";

    /// <summary>Whether a governor is valid over all workloads, in a few words.</summary>
    public static string AllWorkloads(Figures figures)
    {
        int left = figures.InvalidWorkloads, free = figures.InfeasibleWorkloads;
        string bare = free > 0 ? $", {free} without oracle" : "";
        return left == 0 ? $"yes{bare}" : $"NO, {left} of {figures.Workloads} left out{bare}";
    }
}
