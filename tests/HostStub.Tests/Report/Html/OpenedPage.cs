using Microsoft.Playwright;
using Xunit;

namespace PollScale.HostStub.Tests.Report.Html;

/// <summary>A report in a browser, and what the browser said and asked for meanwhile.</summary>
internal sealed class OpenedPage : IAsyncDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"pollscale-{Guid.NewGuid():N}.html");
    private readonly IBrowserContext _context;

    private OpenedPage(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        page.Console += (_, message) => Complaints.Add($"{message.Type}: {message.Text}");
        page.PageError += (_, error) => Complaints.Add(error);
        page.Request += (_, request) => Requests.Add(request.Url);
    }

    public IPage Page { get; }

    /// <summary>Whatever stood in the console.</summary>
    public List<string> Complaints { get; } = [];

    /// <summary>What was asked for beside the page itself.</summary>
    public List<string> Requests { get; } = [];

    public static async Task<OpenedPage> Open(IBrowserContext context, string html)
    {
        OpenedPage opened = new(context, await context.NewPageAsync());
        await File.WriteAllTextAsync(opened._file, html, TestContext.Current.CancellationToken);
        await opened.Page.GotoAsync($"file://{opened._file}");
        await opened.Settle();
        Assert.Equal([$"file://{opened._file}"], opened.Requests);
        opened.Requests.Clear();
        return opened;
    }

    /// <summary>Waits until what was set in motion is drawn.</summary>
    public Task Settle() => Page.EvaluateAsync("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 200))))");

    public Task<T> Read<T>(string expression) => Page.EvaluateAsync<T>(expression);

    /// <summary>The stretch of time that each time panel shows.</summary>
    public Task<double[][]> Views() => Read<double[][]>("pollscale.time.charts.map(chart => [chart.plot.scales.x.min, chart.plot.scales.x.max])");

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        File.Delete(_file);
    }
}
