using Microsoft.Playwright;
using PollScale.HostStub.Report.Html;
using Xunit;

namespace PollScale.HostStub.Tests.Report.Html;

/// <summary>A page as its reader has it.</summary>
public class PageInBrowserTests(Browser browser) : IClassFixture<Browser>
{
    private const string Backlog = "pollscale.charts[1]", PStates = "pollscale.charts[3]";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_is_drawn_without_a_complaint_and_asks_for_nothing(bool dark)
    {
        await using OpenedPage opened = await browser.Open(Pages.Run(), dark: dark);

        Assert.Equal(5, await opened.Read<int>("document.querySelectorAll('.chart canvas').length"));
        Assert.Equal(7, await opened.Read<int>("document.querySelectorAll('.panel').length"));
        Assert.Equal([], opened.Complaints);
        Assert.Equal([], opened.Requests);
    }

    [Fact]
    public async Task The_browser_itself_lets_nothing_out()
    {
        await using OpenedPage opened = await browser.Open(Pages.Run(10, 10));

        Assert.Equal("connect-src", await opened.Read<string>("new Promise(told => { document.addEventListener('securitypolicyviolation', e => told(e.effectiveDirective)); fetch('http://127.0.0.1:9/').catch(() => {}); })"));
        Assert.True(await opened.Read<bool>("new Promise(told => { document.addEventListener('securitypolicyviolation', e => told(e.effectiveDirective.startsWith('script-src'))); const s = document.createElement('script'); s.textContent = 'window.broken = 1'; document.body.append(s); })"));
        Assert.False(await opened.Read<bool>("'broken' in window"));
    }

    [Fact]
    public async Task Hostile_names_are_shown_and_not_run()
    {
        const string Name = "</script><img src=x onerror=\"window.broken=1\"><script>window.broken=1</script>";
        await using OpenedPage opened = await browser.Open(new ReportPage
        {
            Title = Name,
            Notes = [Name],
            Panels = [new TimePanel { Title = Name, Series = [TimeSeries.Even(Name, Name, 0, 1, [1, 2])], Marks = [new TimeMark(1, Name, Name)] }, new TablePanel { Title = Name, Columns = [new PageColumn(Name)], Rows = [[Name]] }],
        });

        Assert.Equal(Name, await opened.Page.TextContentAsync("h1"));
        Assert.Equal(Name, await opened.Page.TitleAsync());
        Assert.False(await opened.Read<bool>("'broken' in window || document.images.length > 0"));
        Assert.Equal([], opened.Complaints);
    }

    [Fact]
    public async Task Charts_hold_the_series_given()
    {
        ReportPage page = Pages.Run();
        TimeSeries backlog = ((TimePanel)page.Panels[1]).Series[0];
        await using OpenedPage opened = await browser.Open(page);
        double[][] data = await opened.Read<double[][]>($"{Backlog}.plot.data.map(column => Array.from(column))");

        Assert.Equal(["backlog most", "backlog least", "backlog"], await opened.Read<string[]>($"{Backlog}.plot.series.slice(1).map(series => series.label)"));
        Assert.Equal(backlog.Values.Count, data[0].Length);
        foreach ((IReadOnlyList<double> given, double[] drawn) in ((IReadOnlyList<double>, double[])[])[(backlog.Most!, data[1]), (backlog.Least!, data[2]), (backlog.Values, data[3])])
        {
            Assert.All(given.Zip(drawn), pair => Assert.Equal(pair.First, pair.Second, pair.First * 1e-4));
        }

        Assert.Equal(4001, await opened.Read<int>($"{PStates}.plot.data[1].length"));
    }

    [Theory]
    [InlineData(200_000)]
    [InlineData(777_777)]
    public async Task One_peak_among_a_million_values_is_seen(int at)
    {
        double[] values = new double[1_000_000];
        Array.Fill(values, 5);
        values[at] = 900;
        await using OpenedPage opened = await browser.Open(Pages.Of(TimeSeries.Even("x", "y", 0, 1e-5, values)));

        // Coloured pixels, not the grid's, in the columns about a time and the upper part of the plot; as a share of its height.
        const string Seen = """
            time => {
              const { plot } = pollscale.charts[0], { left, top, width, height } = plot.bbox, x = Math.round(plot.valToPos(time, 'x', true)), tall = Math.floor(height * .8);
              const { data } = plot.ctx.getImageData(x - 2, top, 5, tall);
              let rows = 0;
              for (let row = 0; row < tall; row++) {
                for (let column = 0; column < 5; column++) {
                  const [r, g, b, a] = data.subarray((row * 5 + column) * 4);
                  if (a > 60 && Math.max(r, g, b) - Math.min(r, g, b) > 60) { rows++; break; }
                }
              }
              return rows / tall;
            }
            """;
        Assert.InRange(await opened.Page.EvaluateAsync<double>(Seen, at * 1e-5), 0.85, 1);
        Assert.Equal(0, await opened.Page.EvaluateAsync<double>(Seen, (at * 1e-5) + 1));
    }

    [Fact]
    public async Task A_drag_zooms_all_time_panels_and_reset_shows_all_again()
    {
        await using OpenedPage opened = await browser.Open(Pages.Run());
        Assert.All(await opened.Views(), view => AssertView(0, Pages.Seconds, view));

        LocatorBoundingBoxResult box = (await opened.Page.Locator(".chart .u-over").First.BoundingBoxAsync())!;
        await opened.Page.Mouse.MoveAsync(box.X + (box.Width / 5), box.Y + 50);
        await opened.Page.Mouse.DownAsync();
        await opened.Page.Mouse.MoveAsync(box.X + (box.Width * 2 / 5), box.Y + 60, new MouseMoveOptions { Steps = 5 });
        await opened.Page.Mouse.UpAsync();
        await opened.Settle();
        Assert.All(await opened.Views(), view => AssertView(3, 6, view, 0.05));

        await opened.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Show all" }).First.ClickAsync();
        await opened.Settle();
        Assert.All(await opened.Views(), view => AssertView(0, Pages.Seconds, view));
    }

    [Fact]
    public async Task Keys_move_the_cursor_zoom_and_tell_what_they_show()
    {
        await using OpenedPage opened = await browser.Open(Pages.Run());
        await opened.Page.Locator(".chart").Nth(3).FocusAsync();
        await opened.Page.Keyboard.PressAsync("ArrowRight");
        await opened.Settle();
        Assert.Matches(@"^7\.500 s: clock (3,700|800) MHz", await opened.Page.TextContentAsync("#said[aria-live=polite]"));

        await opened.Page.Keyboard.PressAsync("n");
        await opened.Settle();
        Assert.Matches(@"P\d to P\d at 7\.50\d s: The reason numbered \d+ is told", await opened.Page.TextContentAsync("#said"));
        double at = await opened.Read<double>("pollscale.time.at");
        await opened.Page.Keyboard.PressAsync("p");
        Assert.Equal(at - (Pages.Seconds / 4000), await opened.Read<double>("pollscale.time.at"), 9);

        await opened.Page.Keyboard.PressAsync("+");
        await opened.Settle();
        Assert.All(await opened.Views(), view => Assert.Equal(Pages.Seconds / 2, view[1] - view[0], 6));
        await opened.Page.Keyboard.PressAsync("0");
        await opened.Settle();
        Assert.All(await opened.Views(), view => AssertView(0, Pages.Seconds, view));
    }

    [Fact]
    public async Task A_chart_is_reached_by_tab_and_shows_that_it_has_the_focus()
    {
        await using OpenedPage opened = await browser.Open(Pages.Run(10, 10));
        for (int i = 0; i < 30 && !await opened.Read<bool>("document.activeElement.classList.contains('chart')"); i++)
        {
            await opened.Page.Keyboard.PressAsync("Tab");
        }

        Assert.Equal("solid", await opened.Read<string>("getComputedStyle(document.activeElement).outlineStyle"));
        Assert.StartsWith("Traffic. Over time: offered, forwarded.", await opened.Read<string>("document.activeElement.getAttribute('aria-label')"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pointing_shows_the_values_of_all_panels_and_the_reason_of_the_nearest_change()
    {
        await using OpenedPage opened = await browser.Open(Pages.Run());
        await opened.Page.Locator(".chart .u-over").Nth(0).HoverAsync();
        await opened.Settle();

        Assert.Matches(@"^P\d to P\d at 7\.\d+ s: The reason numbered \d+", (await opened.Page.Locator(".panel").Nth(3).Locator(".reason b").TextContentAsync())! + await opened.Page.Locator(".panel").Nth(3).Locator(".reason").EvaluateAsync<string>("e => e.lastChild.textContent"));
        Assert.Matches(@"\d+ packets \(\d+ to [\d,]+\)", await opened.Page.Locator(".panel").Nth(1).Locator("output").TextContentAsync());
    }

    [Fact]
    public async Task Along_a_curve_each_point_is_told()
    {
        await using OpenedPage opened = await browser.Open(Pages.Run(10, 10));
        await opened.Page.Locator(".chart").Nth(4).FocusAsync();
        foreach (int _ in Enumerable.Range(0, 3))
        {
            await opened.Page.Keyboard.PressAsync("ArrowRight");
        }

        await opened.Settle();
        Assert.Equal("delay (p99): delay 100 us, share 1 %", await opened.Page.TextContentAsync("#said"));
    }

    [Fact]
    public async Task Tables_stand_beside_charts()
    {
        await using OpenedPage opened = await browser.Open(Pages.Run());
        ILocator panel = opened.Page.Locator(".panel").Nth(3);
        foreach (int i in (int[])[0, 1])
        {
            await panel.Locator("summary").Nth(i).ClickAsync();
        }

        await opened.Settle();
        Assert.Equal(20, await panel.Locator("table").Nth(0).Locator("tbody tr").CountAsync());
        Assert.Equal(4000, await panel.Locator("table").Nth(1).Locator("tbody tr").CountAsync());
        Assert.Contains("2,250 (800 to 3,700)", await panel.Locator("table").Nth(0).TextContentAsync(), StringComparison.Ordinal);
        Assert.Equal("P0P1", string.Concat(await opened.Page.Locator("table.bars th[scope=rowgroup]").AllTextContentsAsync()));
    }

    [Fact]
    public async Task Light_and_dark_follow_the_system_until_one_is_chosen()
    {
        await using OpenedPage opened = await browser.Open(Pages.Run(10, 10), dark: true);
        const string Paper = "getComputedStyle(document.documentElement).backgroundColor", Grid = "pollscale.charts[0].plot.axes[0].stroke()";
        (string paper, string grid) = (await opened.Read<string>(Paper), await opened.Read<string>(Grid));
        Assert.Equal("rgb(20, 23, 27)", paper);

        await opened.Page.GetByLabel("Light").CheckAsync();
        Assert.Equal("rgb(255, 255, 255)", await opened.Read<string>(Paper));
        Assert.NotEqual(grid, await opened.Read<string>(Grid));
    }

    [Theory]
    [InlineData(320)]
    [InlineData(360)]
    [InlineData(768)]
    [InlineData(1920)]
    public async Task No_width_needs_sideways_scrolling(int width)
    {
        await using OpenedPage opened = await browser.Open(Pages.Run(100, 100), width);

        Assert.Equal(width, await opened.Read<int>("document.documentElement.scrollWidth"));
        Assert.InRange(await opened.Read<double>("pollscale.charts[0].plot.width"), width * 0.6, width);
    }

    [Fact]
    public async Task Runs_are_told_apart_without_colour()
    {
        await using OpenedPage opened = await browser.Open(Pages.Of(
            TimeSeries.Even("backlog", "packets", 0, 1, [1, 2, 3]) with { Run = "scaled" }, TimeSeries.Even("backlog", "packets", 0, 0.5, [4, 5, 6, 7, 8, 9]) with { Run = "fastest" }));

        Assert.Equal(["backlog, scaled", "backlog, fastest"], await opened.Page.Locator(".legend span").AllTextContentsAsync());
        Assert.Equal(2, (await opened.Read<string[]>("[...document.querySelectorAll('.legend line')].map(line => line.getAttribute('stroke-dasharray'))")).Distinct().Count());
        Assert.Equal(2, (await opened.Read<string[]>("pollscale.charts[0].plot.series.slice(1).map(series => series.dash.join())")).Distinct().Count());
    }

    private static void AssertView(double from, double to, double[] view, double tolerance = 1e-6)
    {
        Assert.Equal(from, view[0], tolerance);
        Assert.Equal(to, view[1], tolerance);
    }
}
