using System.Globalization;
using PollScale.HostStub.Report;
using PollScale.HostStub.Report.Html;
using PollScale.HostStub.Report.Kit;
using PollScale.HostStub.Simulation.Frontier;
using PollScale.Simulation.Studies;

namespace PollScale.HostStub.Simulation;

/// <summary>The HTML report of a comparison: the governors beside each other and beside the oracle, or the frontier.</summary>
internal static class SimulatePage
{
    /// <summary>Makes it.</summary>
    /// <param name="start">What was simulated.</param>
    /// <param name="rows">The runs that were done.</param>
    /// <param name="summary">What they come to.</param>
    /// <param name="certificates">What can be promised.</param>
    public static ReportPage Of(SimulateStart start, IReadOnlyList<StudyRow> rows, SummaryLine summary, PlanCertificates certificates)
    {
        string[] workloads = [.. rows.Select(row => row.Workload).Distinct()];
        string on = workloads is [string one] ? one : FormattableString.Invariant($"{workloads.Length} workloads");
        return new ReportPage
        {
            Title = summary is FrontierResult ? $"Power against delay: {FrontierCurve.Governor} and others on {on}" : $"Governors compared on {on}",
            Subtitle = string.Create(CultureInfo.InvariantCulture, $"hoststub simulate, {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC, {rows.Count} runs of {start.DurationS:0.###} s each"),
            Figures = summary is SimulateSummary compared ? Best(start, compared) : [],
            Notes = Notes(start, summary),
            Facts = Facts(start, rows),
            Panels = rows.Count == 0 ? [] : [.. summary is FrontierResult frontier ? FrontierPanels.Of(frontier) : Panels(start, rows, (SimulateSummary)summary), Promised(rows, certificates)],
        };
    }

    private static List<PageFigure> Best(SimulateStart start, SimulateSummary summary)
    {
        Figures? best = summary.Governors.Where(governor => governor.EnergyRatio is not null).MinBy(governor => governor.InvalidRuns == 0 ? governor.EnergyRatio : double.MaxValue);
        return best is null ? [] :
        [
            new("Closest to the oracle", Ratio(best.EnergyRatio), "", $"{best.Governor}: energy over the least that keeps the bounds"),
            new("Its power", best.Watts.ToString("0.00", CultureInfo.InvariantCulture), "W", "mean of all runs"),
            new("Saved by it", Human.Percent(best.SavedShare * 100).Replace(" %", "", StringComparison.Ordinal), "%", "against the fastest P-state"),
            new("Its p99.9 delay", Human.Round(best.DelayUs.P999), "us", $"worst run; the bound is {Human.Microseconds(start.DelayBoundUs)}"),
            new("Lost without need", Human.Count(best.ExcessLoss), "packets", "that the fastest P-state does not lose"),
        ];
    }

    private static List<string> Notes(SimulateStart start, SummaryLine summary)
    {
        bool interrupted = summary is SimulateSummary { Interrupted: true } or FrontierResult { Interrupted: true };
        List<string> notes = interrupted ? ["Interrupted: the figures are of the runs that were done."] : [];
        notes.Add(string.Create(CultureInfo.InvariantCulture, $"At a line rate of {start.LineRate / 1e6:0.###} Mpps: {start.Certificate.Replace(SimulateStart.PromisesBelow, "the last table here", StringComparison.Ordinal)} {start.DelayCertificate}"));
        if (start.DelayChoice is string choice)
        {
            notes.Add(choice);
        }

        if (start.Costs.Length > 0)
        {
            notes.Add($"What packets cost varies: {start.Costs}. The oracle knows their usual cost only, and is no bound here.");
        }

        return notes;
    }

    private static List<PageFact> Facts(SimulateStart start, IReadOnlyList<StudyRow> rows) =>
    [
        new("Core", FormattableString.Invariant($"{start.PStates}, {start.Khz.Count} P-states, {start.Khz[0] / 1000} to {start.Khz[^1] / 1000} MHz")),
        new("Serves at most", FormattableString.Invariant($"{start.ServiceRate / 1e6:0.###} Mpps")),
        new("Change takes effect", start.Actuator),
        new("Calls", start.Channel),
        new("Rx ring", FormattableString.Invariant($"{start.Ring} descriptors")),
        new("Delay bound", Human.Microseconds(start.DelayBoundUs)),
        new("A run", FormattableString.Invariant($"{start.DurationS:0.###} s, {start.WarmupS:0.###} s of them warm-up")),
        new("Decision every", Human.Microseconds(start.DecisionPeriodUs)),
        new("Asleep", string.Join(", ", start.IdleStates.Select(state => FormattableString.Invariant($"{state.Name} {state.Watts:0.##} W")))),
        new("Seeds", string.Join(", ", rows.Select(row => row.Seed).Distinct().Order())),
    ];

    private static IEnumerable<PagePanel> Panels(SimulateStart start, IReadOnlyList<StudyRow> rows, SimulateSummary summary)
    {
        IReadOnlyList<Figures> governors = summary.Governors;
        yield return Bars("Energy over the oracle's", "Geometric mean over the workloads where all runs are valid: whoever is invalid on some did without their energy. Below 1 where sleep saves what frequency alone cannot.", "", governors, governor => governor.EnergyRatio, 1, "the oracle, which knows all arrivals and never sleeps") with
        {
            Rows = [.. governors.Select(governor => governor.InvalidWorkloads == 0 ? governor.Governor : FormattableString.Invariant($"{governor.Governor} ({governor.InvalidWorkloads} of {governor.Workloads} invalid)"))],
        };
        yield return Bars("p99.9 delay", "Of the worst run.", "us", governors, governor => governor.DelayUs.P999, start.DelayBoundUs, "the delay bound");
        yield return new CurvePanel
        {
            Title = "Power against delay",
            Comment = "Lower and further left is better.",
            Across = new PageAxis("p99.9 delay of the worst run", "us", IsLogarithmic: true),
            Up = new PageAxis("mean power", "W"),
            Curves = [.. governors.Select(governor => new PageCurve(governor.Governor, [new PagePoint(Math.Max(0.1, governor.DelayUs.P999 ?? 0), governor.Watts, governor.Governor)]) { Shape = CurveShape.Points })],
        };
        yield return Residency(start, rows);
        yield return Bars("Lost without need", "Packets that the fastest P-state does not lose.", "", governors, governor => governor.ExcessLoss);
        yield return Bars("Changes of the P-state", "", "/s", governors, governor => governor.TransitionsPerSecond);
        yield return ByWorkload(rows);
        yield return Table(governors);
    }

    private static BarPanel Bars(string title, string comment, string unit, IReadOnlyList<Figures> governors, Func<Figures, double?> value, double? reference = null, string name = "") => new()
    {
        Title = title,
        Comment = comment,
        Unit = unit,
        Rows = [.. governors.Select(governor => governor.Governor)],
        Bars = [new PageBars("", [.. governors.Select(governor => value(governor) ?? double.NaN)])],
        Reference = reference,
        ReferenceName = name,
    };

    private static CurvePanel Residency(SimulateStart start, IReadOnlyList<StudyRow> rows) => new()
    {
        Title = "Time at a frequency or above",
        Comment = "Share of all runs' time, sleep included.",
        Across = new PageAxis("frequency", "MHz"),
        Up = new PageAxis("time", "%"),
        Curves = [.. rows.GroupBy(row => row.Governor).Select(governor => new PageCurve(governor.Key, Points([.. governor], start)))],
    };

    // Slowest first, as the axis goes.
    private static PagePoint[] Points(IReadOnlyList<StudyRow> rows, SimulateStart start)
    {
        double all = rows.Sum(row => row.Run.Residency.Sum(time => (double)time));
        return [.. Enumerable.Range(0, start.Khz.Count).Reverse().Select(state => new PagePoint(start.Khz[state] / 1000.0, 100 * rows.Sum(row => row.Run.Residency.Take(state + 1).Sum(time => (double)time)) / all))];
    }

    private static TablePanel ByWorkload(IReadOnlyList<StudyRow> rows)
    {
        string[] governors = [.. rows.Select(row => row.Governor).Distinct()];
        return new TablePanel
        {
            Title = "Energy over the oracle's, by workload",
            Comment = "Geometric mean of the seeds. NO: a run lost packets, or kept more than 0.1 % of them beyond the delay bound, without need. In brackets: no core keeps the bounds there.",
            Columns = [new PageColumn("workload", IsText: true), .. governors.Select(name => new PageColumn(name))],
            Rows = [.. rows.GroupBy(row => row.Workload).Select(workload => (IReadOnlyList<string>)[workload.Key, .. governors.Select(name => Cell([.. workload.Where(row => row.Governor == name)]))])],
        };
    }

    private static string Cell(IReadOnlyList<StudyRow> rows) => rows.Count == 0 ? "-"
        : rows.Any(row => !row.Valid) ? "NO"
        : rows.Any(row => !row.Oracle.Feasible) ? $"({Ratio(Study.GeometricMean(rows))})"
        : Ratio(Study.GeometricMean(rows));

    private static TablePanel Promised(IReadOnlyList<StudyRow> rows, PlanCertificates certificates) => new()
    {
        Title = "What can be promised",
        IsFolded = true,
        Comment = "Lambda: packets that can pile up before a faster P-state takes effect, over what the ring may hold; it is about loss only. A delay bound that is kept is kept for 99.9 % of packets.",
        Columns = [new PageColumn("workload", IsText: true), new PageColumn("", IsText: true)],
        Rows = [.. rows.GroupBy(row => row.Workload).SelectMany(workload => CertificateLines.Of(workload, certificates).Append(CertificateLines.Infeasible(workload) ?? "")
            .Where(line => line.Length > 0)
            .Select(line => (IReadOnlyList<string>)[workload.Key, line]))],
    };

    private static TablePanel Table(IReadOnlyList<Figures> governors) => new()
    {
        Title = "All figures",
        Comment = "Over all workloads. Delays are the worst run's. E/best: energy over that of the best of the other governors, chosen for each run in hindsight.",
        Columns = [new PageColumn("governor", IsText: true), .. FiguresTable.Columns.Select(name => new PageColumn(name))],
        Rows = [.. governors.Select(governor => (IReadOnlyList<string>)[governor.Governor, .. FiguresTable.Cells(governor, SimulateTables.AllWorkloads)])],
    };

    private static string Ratio(double? ratio) => ratio is double known ? known.ToString("0.000", CultureInfo.InvariantCulture) : "-";
}
