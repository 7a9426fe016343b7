using System.Globalization;
using PollScale.HostStub.Report;
using Spectre.Console;

namespace PollScale.HostStub.Simulation.Frontier;

/// <summary>A frontier for people: two tables a workload.</summary>
internal static class FrontierTables
{
    /// <summary>Writes them.</summary>
    public static void Write(IAnsiConsole console, FrontierResult result)
    {
        foreach (IGrouping<string, FrontierPoint> workload in result.Points.GroupBy(point => point.Workload))
        {
            Table curve = Make($"{workload.Key}: {FrontierCurve.Governor} by delay bound", "bound us", "p99 us", "W", "excess", "");
            Table others = Make($"{workload.Key}: others", "governor", "p99 us", "W", "excess", "asleep", "bound us", "curve/it");
            foreach (FrontierPoint point in workload)
            {
                if (point.DelayBoundUs is double bound)
                {
                    Add(curve, Human.Round(bound), Human.Round(point.DelayP99Us), Watts(point.Watts), Human.Count(point.ExcessLoss), point.Knee ? "knee" : "");
                }
                else
                {
                    Add(others, point.Governor, Human.Round(point.DelayP99Us), Watts(point.Watts), Human.Count(point.ExcessLoss), Human.Percent(point.AsleepShare * 100),
                        point.CurveBoundUs is double at ? Human.Round(at) : "-", point.CurveOverThis is double ratio ? ratio.ToString("0.000", CultureInfo.InvariantCulture) : "-");
                }
            }

            console.Write(curve);
            if (others.Rows.Count > 0)
            {
                console.Write(others);
            }
        }

        console.WriteLine($"p99: of the worst run. excess: packets lost that the fastest P-state does not lose. knee: the bound that is taken where none is stated. curve/it: the least power of the curve at this p99 or less, without loss, over that of a governor that loses nothing; bound us: where. {Most(result)}");
        if (result.Interrupted)
        {
            console.WriteLine("Interrupted: the points are of the runs that were done.");
        }
    }

    private static string Most(FrontierResult result) => result.MostCurveOverOther is double most
        ? string.Create(CultureInfo.InvariantCulture, $"At most {most:0.000} for governors that never sleep.")
        : "";

    private static string Watts(double watts) => watts.ToString("0.000", CultureInfo.InvariantCulture);

    private static Table Make(string title, params string[] columns)
    {
        Table table = new() { Border = TableBorder.Simple, Title = new TableTitle(Markup.Escape(SafeText.Line(title))) };
        foreach (string column in columns)
        {
            table.AddColumn(new TableColumn(column) { Alignment = column == "governor" ? Justify.Left : Justify.Right, NoWrap = column != "governor" });
        }

        return table;
    }

    private static void Add(Table table, params string[] cells) => table.AddRow([.. cells.Select(cell => Markup.Escape(SafeText.Line(cell)))]);
}
