using PollScale.Governors;
using PollScale.Notation;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Incumbents;
using PollScale.Simulation.Studies;

namespace PollScale.HostStub.Simulation.Frontier;

/// <summary>The governors of a frontier: one with many delay bounds, and others as they are.</summary>
internal static class FrontierCurve
{
    private const string Option = "delay-bound";

    // Each bound is so many times the one before.
    private const double Step = 1.25;
    private const long Shortest = OptimalAvailableOptions.ShortestBoundUs * SimTime.Microsecond, Longest = 10 * SimTime.Millisecond;
    private const double PastKnee = 8;

    /// <summary>The governor whose curve it is.</summary>
    public static string Governor => SimulateOptions.DefaultGovernors[0];

    /// <summary>The options of all runs.</summary>
    /// <param name="options">What is asked for; its delay bound is the knee.</param>
    public static SimulateOptions Expand(SimulateOptions options)
    {
        long last = Math.Min(Longest, (long)(PastKnee * options.DelayBound));
        List<long> bounds = [options.DelayBound];
        for (double bound = Shortest; bound <= last; bound *= Step)
        {
            bounds.Add((long)(bound / SimTime.Microsecond) * SimTime.Microsecond);
        }

        string curve = options.Governors.FirstOrDefault(IsCurve) ?? Governor;
        return options with
        {
            Governors = [.. bounds.Distinct().Order().Select(bound => SpecText.With(curve, Option, TimeText.Format(bound))), .. options.Governors.Where(text => !IsCurve(text))],
        };
    }

    /// <summary>Whether a text names the governor whose curve it is.</summary>
    public static bool IsCurve(string text) => ComparedGovernors.List.Find(text)?.Name == Governor;

    /// <summary>The points of runs.</summary>
    /// <param name="rows">The runs.</param>
    /// <param name="knee">The bound that is chosen where none is stated, in simulated time.</param>
    public static IReadOnlyList<FrontierPoint> Points(IEnumerable<StudyRow> rows, long knee)
    {
        List<FrontierPoint> points = [];
        foreach (IGrouping<string, StudyRow> workload in rows.GroupBy(row => row.Workload))
        {
            FrontierPoint[] all = [.. workload.GroupBy(row => row.Governor).Select(governor => Of([.. governor], knee))];
            FrontierPoint[] lossless = [.. all.Where(point => point is { DelayBoundUs: not null, ExcessLoss: 0 })];
            points.AddRange(all.Select(point => point.DelayBoundUs is null ? Beside(point, lossless) : point));
        }

        return points;
    }

    /// <summary>The delay bound in a text; null where it has none.</summary>
    public static long? Bound(string text) => SpecText.Parts(SpecText.Split(text).Options)
        .Select(part => part.Name == Option && TimeText.TryRead(part.Value, out long bound) ? (long?)bound : null)
        .FirstOrDefault(bound => bound is not null);

    private static FrontierPoint Of(IReadOnlyList<StudyRow> rows, long knee)
    {
        string text = rows[0].Governor;
        double seconds = rows.Sum(row => SimTime.ToSeconds(row.Run.Time));
        long? bound = IsCurve(text) ? Bound(text) : null;
        return new FrontierPoint
        {
            Workload = rows[0].Workload,
            Governor = text,
            DelayBoundUs = bound / (double)SimTime.Microsecond,
            Knee = bound == knee,
            DelayP99Us = rows.Max(row => row.Run.Delay.P99),
            Watts = rows.Sum(row => row.Run.Joules) / seconds,
            ExcessLoss = rows.Sum(row => row.ExcessLoss),
            AsleepShare = rows.Sum(row => SimTime.ToSeconds(row.Run.Asleep)) / seconds,
        };
    }

    private static FrontierPoint Beside(FrontierPoint point, IEnumerable<FrontierPoint> curve)
    {
        FrontierPoint? ours = curve.Where(own => own.DelayP99Us <= point.DelayP99Us).MinBy(own => own.Watts);
        return point with { CurveBoundUs = ours?.DelayBoundUs, CurveOverThis = point.ExcessLoss == 0 ? ours?.Watts / point.Watts : null };
    }
}
