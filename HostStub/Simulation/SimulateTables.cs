using System.Globalization;
using PollScale.HostStub.Report;
using PollScale.HostStub.Simulation.Tuning;
using PollScale.Simulation.Studies;
using Spectre.Console;

namespace PollScale.HostStub.Simulation;

/// <summary>Tables for people: one a workload, and one over all of them.</summary>
internal sealed class SimulateTables(IAnsiConsole console) : ISimulateReport
{
    private static readonly string[] s_columns =
        ["governor", "E/oracle", "W", "saved", "p50 us", "p99", "p99.9", "max", "lost", "excess", "calls/s", "idle", "changes/s", "in calls", "valid"];

    /// <inheritdoc/>
    public void Begin(SimulateStart start)
    {
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{start.PStates}: {start.Khz.Count} P-states, {start.Khz[0] / 1000} .. {start.Khz[^1] / 1000} MHz, {start.ServiceRate / 1e6:0.###} Mpps at most. Actuator {start.Actuator}, channel {start.Channel}, ring {start.Ring}, delay bound {Human.Microseconds(start.DelayBoundUs)}, {start.DurationS:0.###} s a run, {start.WarmupS:0.###} s of them warm-up.");
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"At a line rate of {start.LineRate / 1e6:0.###} Mpps: {start.Certificate}");
    }

    /// <inheritdoc/>
    public void Finished(IReadOnlyList<StudyRow> rows)
    {
        // Shown at the end: tables among a progress bar would be torn.
    }

    /// <inheritdoc/>
    public void End(IReadOnlyList<StudyRow> rows, bool interrupted)
    {
        foreach (IGrouping<string, StudyRow> workload in rows.GroupBy(row => row.Workload))
        {
            bool feasible = workload.All(row => row.Oracle.Feasible);
            Write(workload.Key + (feasible ? "" : " (no core can keep the bounds: no oracle)"), workload, workload: true);
        }

        if (rows.Count > 0)
        {
            Write("All workloads", rows, workload: false);
            console.WriteLine("E/oracle: energy over the least that keeps the bounds, geometric mean of valid runs. saved: energy against the fastest P-state. Delays: the worst run's. excess: packets lost that the fastest P-state does not lose. idle: calls that changed nothing. NO: lost packets, or kept more than 0.1 % of them beyond the delay bound, without need.");
        }

        if (interrupted)
        {
            console.WriteLine("Interrupted: only the workloads above were run.");
        }
    }

    /// <inheritdoc/>
    public void Tuned(TuneResult result)
    {
        Table table = Make($"Test: {result.TestedOn}");
        if (result is { DefaultTest: Figures usual, BestTest: Figures best })
        {
            Add(table, usual with { Governor = "as given" }, workload: false);
            Add(table, best with { Governor = "tuned" }, workload: false);
            console.Write(table);
        }

        console.WriteLine(result.Verdict);
        console.WriteLine($"Catalog text:  {result.Governor}");
        console.WriteLine($"C#:            {result.CSharp}");
    }

    private void Write(string title, IEnumerable<StudyRow> rows, bool workload)
    {
        Table table = Make(title);
        foreach (IGrouping<string, StudyRow> governor in rows.GroupBy(row => row.Governor))
        {
            Add(table, Figures.Of([.. governor]), workload);
        }

        console.Write(table);
    }

    private static Table Make(string title)
    {
        Table table = new() { Title = new TableTitle(Markup.Escape(SafeText.Line(title))), Border = TableBorder.Simple };
        foreach (string column in s_columns)
        {
            table.AddColumn(new TableColumn(column) { Alignment = column == "governor" ? Justify.Left : Justify.Right, NoWrap = column != "governor" });
        }

        return table;
    }

    private static void Add(Table table, Figures figures, bool workload)
    {
        table.AddRow(
            Markup.Escape(SafeText.Line(figures.Governor)),
            figures.EnergyRatio is double ratio ? ratio.ToString("0.000", CultureInfo.InvariantCulture) : "-",
            figures.Watts.ToString("0.00", CultureInfo.InvariantCulture),
            Human.Percent(figures.SavedShare * 100),
            Human.Round(figures.DelayUs.P50),
            Human.Round(figures.DelayUs.P99),
            Human.Round(figures.DelayUs.P999),
            Human.Round(figures.DelayUs.Max),
            Human.Count(figures.Lost),
            Human.Count(figures.ExcessLoss),
            Human.Round(figures.RequestsPerSecond),
            Human.Percent(figures.IdleRequestShare * 100),
            Human.Round(figures.TransitionsPerSecond),
            Human.Percent(figures.CallShare * 100),
            workload ? Runs(figures) : AllWorkloads(figures));
    }

    private static string Runs(Figures figures) => figures.Valid ? "yes" : $"NO, {figures.InvalidRuns} of {figures.Runs}";

    private static string AllWorkloads(Figures figures)
    {
        int left = figures.InvalidWorkloads, free = figures.InfeasibleWorkloads;
        string bare = free > 0 ? $", {free} without oracle" : "";
        return left == 0 ? $"yes{bare}" : $"NO, {left} of {figures.Workloads} left out{bare}";
    }
}
