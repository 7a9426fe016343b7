using System.Text;
using System.Text.Json;
using PollScale.HostStub.Report.Html;

namespace PollScale.HostStub.Tests.Report.Html;

/// <summary>Pages that tests make, and what is in them.</summary>
internal static class Pages
{
    private const string DataBegins = "<script type=\"application/json\" id=\"data\">", DataEnds = "</script>";

    /// <summary>Seconds that the time panels of <see cref="Run"/> span.</summary>
    public const double Seconds = 15;

    public static string Html(ReportPage page)
    {
        using MemoryStream stream = new();
        PageHtml.Write(stream, page);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>The data as a browser's parser finds them: up to the first end of a script.</summary>
    public static JsonElement Data(string html)
    {
        int begin = html.IndexOf(DataBegins, StringComparison.Ordinal) + DataBegins.Length;
        return JsonDocument.Parse(html[begin..html.IndexOf(DataEnds, begin, StringComparison.Ordinal)]).RootElement;
    }

    /// <summary>A page like that of a run of 15 s: 12 columns of 8192 buckets, and changes with a few reasons.</summary>
    public static ReportPage Run(int buckets = 8192, int changes = 4000)
    {
        Random random = new(1);
        double step = Seconds / buckets;
        double[] Noise(double about) => [.. Enumerable.Range(0, buckets).Select(_ => about * (0.5 + random.NextDouble()))];
        TimeSeries Spread(string name, string unit, double about)
        {
            double[] mean = Noise(about);
            return TimeSeries.Buckets(name, unit, 0, step, [.. mean.Select(value => value * 0.3)], mean, [.. mean.Select(value => value * 1.9)]);
        }

        double[] times = [.. Enumerable.Range(0, changes).Select(i => Seconds * i / changes), Seconds];
        return new ReportPage
        {
            Title = "A run",
            Figures = [new PageFigure("Energy", "31.2", "J", "less than before")],
            Notes = ["A note."],
            Facts = [new PageFact("Governor", "optimal-available")],
            Panels =
            [
                new TimePanel { Title = "Traffic", Series = [TimeSeries.Even("offered", "Mpps", 0, step, Noise(1.5)), TimeSeries.Even("forwarded", "Mpps", 0, step, Noise(1.5))] },
                new TimePanel { Title = "Backlog", Series = [Spread("backlog", "packets", 500)] },
                new TimePanel { Title = "Delay", Series = [Spread("oldest packet", "us", 300), Spread("asleep", "%", 20)] },
                new TimePanel
                {
                    Title = "P-state",
                    Series = [TimeSeries.Steps("clock", "MHz", times, [.. times.Select((_, i) => i % 2 == 0 ? 3700.0 : 800)])],
                    Marks = [.. Enumerable.Range(0, changes).Select(i => new TimeMark(times[i], i % 2 == 0 ? "P7 to P0" : "P0 to P7", $"The reason numbered {i % 12} is told in a whole sentence, as the trace tells it, and it is not short."))],
                },
                new CurvePanel
                {
                    Title = "Delays",
                    Across = new PageAxis("delay", "us", IsLogarithmic: true),
                    Up = new PageAxis("share", "%"),
                    Curves = [new PageCurve("delay", [new PagePoint(1, 90), new PagePoint(10, 50), new PagePoint(100, 1, "p99")]) { Shape = CurveShape.Steps }],
                },
                new BarPanel { Title = "Residency", Unit = "%", Rows = ["P0", "P1"], Bars = [new PageBars("", [60, 40])], Reference = 50, ReferenceName = "half" },
                new TablePanel { Title = "Table", Columns = [new PageColumn("governor", IsText: true), new PageColumn("W")], Rows = [["max", "5.0"]] },
            ],
        };
    }

    /// <summary>A page with one series.</summary>
    public static ReportPage Of(params TimeSeries[] series) => new() { Title = "Series", Panels = [new TimePanel { Title = "Series", Series = series }] };
}
