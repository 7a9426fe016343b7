using System.Text.Json;
using PollScale.HostStub.Report.Html;
using Xunit;

namespace PollScale.HostStub.Tests.Report.Html;

public class PageHtmlTests
{
    public static TheoryData<string> Hostile =>
    [
        "</script><script>alert(1)</script>", "<!--<script>", "<!-- </script >", "]]></script/>", "\" onload=\"alert(1)", "'><img src=x onerror=alert(1)>", "</title><b>",
        "\u2028\u2029", "\u202Eevil\u0000\u001b[31m", "\uD800 alone", "a\\u003c/script\\u003e", "--><script>",
    ];

    [Theory]
    [MemberData(nameof(Hostile))]
    public void No_text_breaks_out_of_where_it_stands(string text)
    {
        string plain = Pages.Html(Everywhere("harmless")), html = Pages.Html(Everywhere(text));

        foreach (string tag in (string[])["<script", "</script", "<!--", "-->", "<img", "<b>", "</title", "<"])
        {
            Assert.Equal(Count(plain, tag), Count(html, tag));
        }

        string[] texts = [.. Texts(Pages.Data(html))];
        Assert.True(texts.Length > 15);
        Assert.Contains(texts, one => one == texts[0]);
        Assert.DoesNotContain(html[html.IndexOf("id=\"data\"", StringComparison.Ordinal)..html.IndexOf("</script>", StringComparison.Ordinal)], c => c is > '~' or '\u2028');
    }

    [Fact]
    public void Texts_arrive_as_they_are() => Assert.Equal("a </script> & \"b\" 'c' µ", Pages.Data(Pages.Html(Everywhere("a </script> & \"b\" 'c' µ"))).GetProperty("title").GetString());

    [Fact]
    public void What_is_brought_along_cannot_end_its_element()
    {
        string html = Pages.Html(Everywhere("x"));

        Assert.Equal(3, Count(html, "</script"));
        Assert.Equal(2, Count(html, "</style"));
        Assert.Equal((1, 1), (Count(html, "<!--"), Count(html, "-->")));
        Assert.Contains("The MIT License (MIT)", html[html.IndexOf("<!--", StringComparison.Ordinal)..html.IndexOf("-->", StringComparison.Ordinal)], StringComparison.Ordinal);
    }

    [Fact]
    public void The_policy_lets_nothing_be_loaded_and_no_other_script_run()
    {
        string html = Pages.Html(Everywhere("x"));

        Assert.Contains($"http-equiv=\"Content-Security-Policy\" content=\"{PageHtml.Policy}\"", html, StringComparison.Ordinal);
        Assert.StartsWith("default-src 'none';", PageHtml.Policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", PageHtml.Policy, StringComparison.Ordinal);
        Assert.DoesNotMatch("""(src|href)\s*=\s*["']?\w+:|@import|url\(""", html);
    }

    [Fact]
    public void A_run_of_fifteen_seconds_takes_less_than_a_megabyte() => Assert.InRange(Pages.Html(Pages.Run()).Length, 300_000, 1_000_000);

    [Fact]
    public void A_sentence_that_many_changes_share_is_written_once()
    {
        JsonElement data = Pages.Data(Pages.Html(Pages.Run()));
        JsonElement marks = data.GetProperty("panels")[3].GetProperty("marks")[0];

        Assert.Equal(12 + 2, data.GetProperty("sentences").GetArrayLength());
        Assert.Equal(4000, marks.GetProperty("reason").GetArrayLength());
        Assert.StartsWith("The reason numbered 5 ", data.GetProperty("sentences")[marks.GetProperty("reason")[17].GetInt32()].GetString(), StringComparison.Ordinal);
        Assert.Equal("P0 to P7", data.GetProperty("sentences")[marks.GetProperty("label")[17].GetInt32()].GetString());
    }

    [Fact]
    public void Numbers_keep_five_digits_and_times_their_microseconds()
    {
        ReportPage page = Pages.Of(TimeSeries.Steps("x", "y", [0.1234567, 3599.123456], [1234567, double.NaN]));
        JsonElement series = Pages.Data(Pages.Html(page)).GetProperty("panels")[0].GetProperty("series")[0];

        Assert.Equal("[1234600,null]", series.GetProperty("y").GetRawText());
        Assert.Equal("[0.1234567,3599.123456]", series.GetProperty("at").GetRawText());
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    private static IEnumerable<string> Texts(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => [element.GetString()!],
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => Texts(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Texts),
        _ => [],
    };

    // In every place that takes a text.
    private static ReportPage Everywhere(string text) => new()
    {
        Title = text,
        Subtitle = text,
        Figures = [new PageFigure(text, text, text, text)],
        Notes = [text],
        Facts = [new PageFact(text, text)],
        Panels =
        [
            new TimePanel { Title = text, Comment = text, Series = [TimeSeries.Even(text, text, 0, 1, [1]) with { Run = text }], Marks = [new TimeMark(0, text, text, text)] },
            new CurvePanel { Title = text, Across = new PageAxis(text, text), Up = new PageAxis(text, text), Curves = [new PageCurve(text, [new PagePoint(1, 1, text)]) { Run = text }] },
            new BarPanel { Title = text, Unit = text, Rows = [text], Bars = [new PageBars(text, [1])], Reference = 1, ReferenceName = text },
            new TablePanel { Title = text, Columns = [new PageColumn(text)], Rows = [[text]] },
        ],
    };
}
