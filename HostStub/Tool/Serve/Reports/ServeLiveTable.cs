using PollScale.HostStub.Report.Kit;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace PollScale.HostStub.Serve.Reports;

/// <summary>The table, redrawn in place on a terminal. Where that fails the report goes on in plain lines, and says why.</summary>
internal sealed class ServeLiveTable : IReport
{
    private readonly LivePainter<ServeLine> _painter;
    private readonly IReport _plain;
    private string? _message;

    /// <param name="console">The terminal.</param>
    /// <param name="plain">Goes on where nothing can be drawn.</param>
    /// <param name="tell">Told why nothing can be drawn.</param>
    public ServeLiveTable(IAnsiConsole console, ServePlainLines plain, Action<string> tell)
    {
        _plain = plain;
        _painter = new LivePainter<ServeLine>(console, "starting", Draw, tell, plain.Show);
        _painter.Start();
    }

    /// <inheritdoc/>
    public TimeSpan Interval => _painter.IsDrawing ? TimeSpan.FromMilliseconds(500) : _plain.Interval;

    /// <inheritdoc/>
    public bool IsLive => true;

    /// <inheritdoc/>
    public void Show(ReportLine line)
    {
        if (line is ServeLine what)
        {
            _painter.Show(what);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _painter.End();

    private IRenderable Draw(ServeLine what)
    {
        _message = what.Message ?? _message; // the last one stays in sight
        return ServeTable.Draw(what, _message);
    }
}
