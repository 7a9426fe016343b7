using System.Globalization;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Report;
using PollScale.HostStub.Report.Html;
using PollScale.HostStub.Timeline;

namespace PollScale.HostStub.Run;

/// <summary>The HTML report of a run: what its lines say, and its record as charts.</summary>
/// <param name="header">What was run.</param>
/// <param name="summary">How it went.</param>
/// <param name="record">Its record.</param>
/// <param name="model">Power of emulated P-states.</param>
internal sealed class RunPage(RunHeader header, RunSummary summary, RunRecord record, PStateModel model)
{
    private const double ShownPercent = 0.1;

    /// <summary>Makes it.</summary>
    public ReportPage Make() => new()
    {
        Title = $"{SafeText.Line(header.Guest)} scaled by its queue",
        Subtitle = $"{SafeText.Line(header.Traffic)}, {Human.Round(summary.DurationS)} s, ring of {Human.Count((long)header.Ring)}",
        Figures = [.. Figures()],
        Notes = [summary.Cause, .. summary.Notes, .. Left()],
        Facts = [.. Facts()],
        Panels = [.. Panels()],
    };

    private IEnumerable<PageFigure> Figures()
    {
        if (summary.EnergySavedPercent is double saved)
        {
            yield return new PageFigure("Energy saved", Say($"{saved:0.0}"), "%", $"{Human.Round(summary.EnergyJ)} J instead of {Human.Round(summary.FastestEnergyJ)} J at the fastest P-state{(summary.PStates == "emulated" ? ", modelled" : "")}");
        }

        yield return new PageFigure("Packets forwarded", Human.Round(summary.Forwarded / 1e6), "million", $"{Human.Count(summary.Forwarded)} of {Human.Count(summary.Offered)} offered");
        yield return new PageFigure("Packets lost", Human.Count(summary.Lost), "", summary.Accounted ? "every packet is accounted for" : "NOT all packets are accounted for");
        if (summary.DelayUs.P99 is double p99)
        {
            yield return new PageFigure("Delay, p99", Human.Round(p99), "us", $"p50 {Human.Microseconds(summary.DelayUs.P50)}, p99.9 {Human.Microseconds(summary.DelayUs.P999)}, max {Human.Microseconds(summary.DelayUs.Max)}");
        }

        yield return new PageFigure("P-state changes", Human.Count(summary.Transitions), "", $"call and answer p50 {Human.Nanoseconds(summary.RoundTripNs.P50)}");
        if (summary.Lcore?.CpuPercent is double cpu)
        {
            yield return new PageFigure("CPU of the polling thread", Say($"{cpu:0.0}"), "%", summary.Waits > 0 ? $"asleep {Human.Percent(summary.Lcore.AsleepPercent)} in {Human.Count(summary.Waits)} waits" : "it polls without a pause");
        }
    }

    private IEnumerable<PageFact> Facts()
    {
        yield return new PageFact("Guest", $"{header.Guest} {(header.Mode == "process" ? "as a plain process" : "in a micro-VM")}, on CPU {header.Cpu}");
        yield return new PageFact("Calls through", header.Doorbell);
        yield return new PageFact("Traffic", $"{header.Traffic}, seed {header.Seed}");
        yield return new PageFact("P-states", $"{header.PStates}, {Human.Round(header.FrequenciesMhz[0])} to {Human.Round(header.FrequenciesMhz[^1])} MHz ({header.PStateTable})");
        yield return new PageFact("Ring", Say($"{header.Ring} descriptors"));
        yield return new PageFact("Steps", $"{Human.Nanoseconds(record.StepS * 1e9)} each");
        yield return new PageFact("TSC", Say($"{header.TscKhz / 1000.0:0.0} MHz"));
    }

    private IEnumerable<string> Left() => record.ChangesLeftOut == 0 ? []
        : [$"Only the first {Human.Count((long)record.Changes.Count)} P-state changes are shown; {Human.Count(record.ChangesLeftOut)} more were made."];

    private IEnumerable<PagePanel> Panels()
    {
        TimeMark[] marks = [.. record.Changes.Select(change => new TimeMark(change.ElapsedS, Say($"P{change.From} to P{change.To}"), change.Why ?? "The guest does not say why."))];
        if (record.Steps.Count > 0)
        {
            double[] offered = Grid(step => step.Offered / record.StepS / 1e6), forwarded = Grid(step => step.Forwarded / record.StepS / 1e6);
            yield return new TimePanel { Title = "Packets", Series = [Even("offered", "Mpps", offered), Even("forwarded", "Mpps", forwarded)] };
            yield return new TimePanel
            {
                Title = "Backlog, and how long its oldest packet has waited", Comment = "Least, mean and greatest of each step.",
                Series = [Spread("backlog", "packets", step => step.Backlog), Spread("oldest", "us", step => step.OldestTicks.Per(record.TicksPerSecond / 1e6))],
                Marks = marks,
            };
            yield return Clock(marks);
            if (record.Steps.Any(step => step.IdleTicks > 0))
            {
                yield return new TimePanel { Title = "Asleep", Comment = "Told where a wait ends.", Series = [Even("asleep", "%", Grid(step => Math.Min(100, 100 * step.IdleTicks / (record.StepS * record.TicksPerSecond))))] };
            }
        }

        if (summary.DelayCounts.Count > 0)
        {
            yield return Delays();
        }

        yield return Residency();
        yield return new BarPanel { Title = "Calls by result", Rows = [.. summary.Calls.Keys], Bars = [new PageBars("", [.. summary.Calls.Values.Select(count => (double)count)])] };
        yield return new BarPanel { Title = "Packets by fate", Rows = ["forwarded", .. Dropped().Select(drop => drop.Key)], Bars = [new PageBars("", [summary.Forwarded, .. Dropped().Select(drop => (double)drop.Value)])] };
    }

    private IEnumerable<KeyValuePair<string, ulong>> Dropped() => summary.Dropped.Where(drop => drop.Value > 0);

    private TimePanel Clock(IReadOnlyList<TimeMark> marks)
    {
        int first = record.Changes.Count > 0 ? record.Changes[0].From : record.LastPState;
        double[] times = [0, .. record.Changes.Select(change => change.ElapsedS), record.EndS];
        int[] states = [first, .. record.Changes.Select(change => change.To), record.Changes.Count > 0 ? record.Changes[^1].To : first];
        TimeSeries clock = TimeSeries.Steps("frequency", "MHz", times, [.. states.Select(state => header.FrequenciesMhz[Math.Min(state, header.FrequenciesMhz.Count - 1)])]);
        bool hasPower = summary.EnergyJ is not null && model.PStates.Count == header.FrequenciesMhz.Count;
        return new TimePanel
        {
            Title = hasPower ? "Frequency and power" : "Frequency",
            Comment = hasPower ? "Power as the P-state file has it for a core that polls." : "",
            Series = hasPower ? [clock, TimeSeries.Steps("power", "W", times, [.. states.Select(state => model.PStates[state].Watts)])] : [clock],
            Marks = marks,
        };
    }

    private CurvePanel Delays()
    {
        double all = summary.DelayCounts.Sum(count => (double)count.Packets), above = all;
        List<PagePoint> points = [];
        foreach (DelayCount count in summary.DelayCounts)
        {
            above -= count.Packets;
            points.Add(new PagePoint(count.UpToUs, above / all));
        }

        return new CurvePanel
        {
            Title = "Queueing delay", Comment = "Share of packets that waited longer.",
            Across = new PageAxis("delay", "us", IsLogarithmic: true), Up = new PageAxis("share of packets", "", IsLogarithmic: true),
            Curves = [new PageCurve("waited longer", points) { Shape = CurveShape.Steps }],
        };
    }

    private BarPanel Residency()
    {
        PStateResidency[] shown = [.. summary.ResidencyPercent.Where(state => state.Percent >= ShownPercent)];
        return new BarPanel { Title = "Time in each P-state", Unit = "%", Rows = [.. shown.Select(state => Say($"P{state.PState}, {state.Mhz:0} MHz"))], Bars = [new PageBars("", [.. shown.Select(state => state.Percent)])] };
    }

    private TimeSeries Even(string name, string unit, double[] values) => TimeSeries.Even(name, unit, record.StartS, record.StepS, values);

    private TimeSeries Spread(string name, string unit, Func<TimelineStep, Spread> value) => TimeSeries.Buckets(
        name, unit, record.StartS, record.StepS, Grid(step => value(step).Min), Grid(step => value(step).Mean), Grid(step => value(step).Max));

    // Steps in which nobody looked are unknown.
    private double[] Grid(Func<TimelineStep, double> value)
    {
        double[] grid = new double[record.Cell(record.Steps[^1]) + 1];
        Array.Fill(grid, double.NaN);
        foreach (TimelineStep step in record.Steps)
        {
            grid[record.Cell(step)] = value(step);
        }

        return grid;
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
