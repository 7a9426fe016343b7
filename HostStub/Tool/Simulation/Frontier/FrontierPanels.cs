using PollScale.HostStub.Report;
using PollScale.HostStub.Report.Html;

namespace PollScale.HostStub.Simulation.Frontier;

/// <summary>A frontier in an HTML report: a chart and a table a workload.</summary>
internal static class FrontierPanels
{
    /// <summary>Makes them.</summary>
    public static IReadOnlyList<PagePanel> Of(FrontierResult result) =>
        [.. result.Points.GroupBy(point => point.Workload).SelectMany(workload => (PagePanel[])[Chart(workload), Table(workload)])];

    private static CurvePanel Chart(IGrouping<string, FrontierPoint> workload) => new()
    {
        Title = workload.Key,
        Comment = "Lower and further left is better. The curve's marked point is the bound that is taken where none is stated.",
        Across = new PageAxis("p99 delay of the worst run", "us", IsLogarithmic: true),
        Up = new PageAxis("mean power", "W"),
        Curves =
        [
            .. new PageCurve[]
            {
                new($"{FrontierCurve.Governor} by delay bound", [.. workload.Where(point => point.DelayBoundUs is not null).Select(point => Place(point, point.Knee ? Human.Microseconds(point.DelayBoundUs) : ""))]),
                new("others", [.. workload.Where(point => point is { DelayBoundUs: null, ExcessLoss: 0 }).Select(point => Place(point, point.Governor))]) { Shape = CurveShape.Points },
                new("others that lose packets", [.. workload.Where(point => point is { DelayBoundUs: null, ExcessLoss: > 0 }).Select(point => Place(point, point.Governor))]) { Shape = CurveShape.Points },
            }.Where(curve => curve.Points.Count > 0),
        ],
    };

    // A delay of nothing has a place too.
    private static PagePoint Place(FrontierPoint point, string label) => new(Math.Max(0.1, point.DelayP99Us), point.Watts, label);

    private static TablePanel Table(IGrouping<string, FrontierPoint> workload) => new()
    {
        Title = $"{workload.Key}: figures",
        Comment = "curve/it: the least power of the curve at this p99 or less, without loss, over that of a governor that loses nothing.",
        Columns = [new PageColumn("governor", IsText: true), new PageColumn("p99 us"), new PageColumn("W"), new PageColumn("excess"), new PageColumn("asleep"), new PageColumn("bound us"), new PageColumn("curve/it")],
        Rows = [.. workload.Select(point => (IReadOnlyList<string>)
        [
            point.DelayBoundUs is null ? point.Governor : point.Knee ? $"{FrontierCurve.Governor}, the knee" : FrontierCurve.Governor,
            Human.Round(point.DelayP99Us), Human.Round(point.Watts), Human.Count(point.ExcessLoss), Human.Percent(point.AsleepShare * 100),
            Human.Round(point.DelayBoundUs ?? point.CurveBoundUs), Human.Round(point.CurveOverThis),
        ])],
    };
}
