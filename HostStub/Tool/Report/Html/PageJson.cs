using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace PollScale.HostStub.Report.Html;

/// <summary>
/// The data of a page, as page.js reads it: columns rather than objects, numbers of five significant digits, each sentence of a mark once.
/// Nothing in it ends the script element that it stands in: the encoder writes &lt;, &gt;, &amp; and all beyond ASCII as \u.
/// </summary>
internal sealed class PageJson : IDisposable
{
    private const string Digits = "G5";

    // Times tell 1 ms apart within hours.
    private const string TimeDigits = "G10";

    private readonly Utf8JsonWriter _json;
    private readonly Dictionary<string, int> _sentences = [];

    private PageJson(Stream output) => _json = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.Default });

    /// <summary>Writes them.</summary>
    public static void Write(Stream output, ReportPage page)
    {
        using PageJson json = new(output);
        json.Page(page);
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    private void Page(ReportPage page)
    {
        _json.WriteStartObject();
        Text("title", page.Title);
        Text("subtitle", page.Subtitle);
        Array("figures", page.Figures, figure => Texts([figure.Name, figure.Value, figure.Unit, figure.Comment]));
        Array("notes", page.Notes, Text);
        Array("facts", page.Facts, fact => Texts([fact.Name, fact.Value]));
        Array("panels", page.Panels, Panel);
        Array("sentences", _sentences.OrderBy(sentence => sentence.Value), sentence => Text(sentence.Key));
        _json.WriteEndObject();
    }

    private void Panel(PagePanel panel)
    {
        _json.WriteStartObject();
        Text("title", panel.Title);
        Text("comment", panel.Comment);
        switch (panel)
        {
            case TimePanel time:
                Text("kind", "time");
                Array("series", time.Series.Select(SeriesFold.Short), Series);
                Array("marks", time.Marks.GroupBy(mark => mark.Run), Marks);
                break;
            case CurvePanel curve:
                Text("kind", "curve");
                Axis("x", curve.Across);
                Axis("y", curve.Up);
                Array("curves", curve.Curves, Curve);
                break;
            case BarPanel bars:
                Text("kind", "bars");
                Text("unit", bars.Unit);
                Array("rows", bars.Rows, Text);
                Array("bars", bars.Bars, Bars);
                if (bars.Reference is double reference)
                {
                    _json.WritePropertyName("reference");
                    Number(reference, Digits);
                    Text("referenceName", bars.ReferenceName);
                }

                break;
            case TablePanel table:
                Text("kind", "table");
                _json.WriteBoolean("folded", table.IsFolded);
                Array("columns", table.Columns, column => Text(column.Name));
                Array("words", table.Columns, column => _json.WriteNumberValue(column.IsText ? 1 : 0));
                Array("rows", table.Rows, Texts);
                break;
            default:
                throw new ArgumentException($"No page shows a {panel.GetType().Name}.", nameof(panel));
        }

        _json.WriteEndObject();
    }

    private void Series(TimeSeries series)
    {
        _json.WriteStartObject();
        Text("name", series.Name);
        Text("unit", series.Unit);
        Text("run", series.Run);
        if (series.Times is IReadOnlyList<double> times)
        {
            Numbers("at", times, TimeDigits);
        }
        else
        {
            Numbers("grid", [series.Start, series.Step], TimeDigits);
        }

        Numbers("y", series.Values, Digits);
        if (series is { Least: IReadOnlyList<double> least, Most: IReadOnlyList<double> most })
        {
            Numbers("least", least, Digits);
            Numbers("most", most, Digits);
        }

        _json.WriteEndObject();
    }

    private void Marks(IGrouping<string, TimeMark> run)
    {
        _json.WriteStartObject();
        Text("run", run.Key);
        Numbers("at", run.Select(mark => mark.At), TimeDigits);
        Array("label", run, mark => _json.WriteNumberValue(Sentence(mark.Label)));
        Array("reason", run, mark => _json.WriteNumberValue(Sentence(mark.Reason)));
        _json.WriteEndObject();
    }

    private int Sentence(string text)
    {
        _sentences.TryAdd(text, _sentences.Count);
        return _sentences[text];
    }

    private void Axis(string name, PageAxis axis)
    {
        _json.WriteStartObject(name);
        Text("name", axis.Name);
        Text("unit", axis.Unit);
        _json.WriteBoolean("log", axis.IsLogarithmic);
        _json.WriteEndObject();
    }

    private void Curve(PageCurve curve)
    {
        _json.WriteStartObject();
        Text("name", curve.Name);
        Text("run", curve.Run);
        Text("shape", curve.Shape.ToString());
        Numbers("x", curve.Points.Select(point => point.X), Digits);
        Numbers("y", curve.Points.Select(point => point.Y), Digits);
        Array("label", curve.Points.Any(point => point.Label.Length > 0) ? curve.Points : [], point => Text(point.Label));
        _json.WriteEndObject();
    }

    private void Bars(PageBars bars)
    {
        _json.WriteStartObject();
        Text("name", bars.Name);
        Numbers("y", bars.Values, Digits);
        _json.WriteEndObject();
    }

    private void Array<T>(string name, IEnumerable<T> items, Action<T> write)
    {
        _json.WriteStartArray(name);
        foreach (T item in items)
        {
            write(item);
        }

        _json.WriteEndArray();
    }

    private void Numbers(string name, IEnumerable<double> values, string digits) => Array(name, values, value => Number(value, digits));

    private void Number(double value, string digits)
    {
        if (double.IsFinite(value))
        {
            // Rounded, then as short as it goes: G5 alone would write 1.2346E+06.
            _json.WriteNumberValue(double.Parse(value.ToString(digits, CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));
        }
        else
        {
            _json.WriteNullValue();
        }
    }

    private void Texts(IEnumerable<string> texts)
    {
        _json.WriteStartArray();
        foreach (string text in texts)
        {
            Text(text);
        }

        _json.WriteEndArray();
    }

    private void Text(string text) => _json.WriteStringValue(SafeText.Line(text));

    private void Text(string name, string text) => _json.WriteString(name, SafeText.Line(text));
}
