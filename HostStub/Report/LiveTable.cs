using System.Collections.Concurrent;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace PollScale.HostStub.Report;

/// <summary>
/// A table that is redrawn in place, for a terminal. The guest's last lines stand below it. A terminal that cannot be drawn on ends no run:
/// the report goes on in plain lines, and says why.
/// </summary>
internal sealed class LiveTable : IRunReporter
{
    private const int GuestLinesShown = 3;
    private readonly IAnsiConsole _console;
    private readonly PlainLines _plain;
    private readonly ConcurrentQueue<string> _guestLines = new();
    private readonly LivePainter<RunSnapshot> _painter;

    /// <param name="console">The terminal.</param>
    /// <param name="plain">Goes on where nothing can be drawn.</param>
    public LiveTable(IAnsiConsole console, PlainLines plain)
    {
        (_console, _plain) = (console, plain);
        _painter = new LivePainter<RunSnapshot>(console, "waiting for the guest to poll", Draw);
    }

    /// <inheritdoc/>
    public TimeSpan Interval => _painter.Failure is null ? TimeSpan.FromMilliseconds(250) : _plain.Interval;

    /// <inheritdoc/>
    public void Begin(RunHeader header)
    {
        HeaderText.Write(_console.Profile.Out.Writer, header);
        _painter.Start();
    }

    /// <inheritdoc/>
    public void Sample(RunSnapshot snapshot)
    {
        GoOnInPlain();
        if (_painter.Failure is null)
        {
            _painter.Show(snapshot);
        }
        else
        {
            _plain.Sample(snapshot);
        }
    }

    /// <inheritdoc/>
    public void GuestLine(string line)
    {
        if (_painter.Failure is not null)
        {
            _plain.GuestLine(line);
            return;
        }

        _guestLines.Enqueue(SafeText.Line(line));
        while (_guestLines.Count > GuestLinesShown && _guestLines.TryDequeue(out _))
        {
        }
    }

    /// <inheritdoc/>
    public void End(RunSummary summary)
    {
        _painter.End();
        GoOnInPlain();
        SummaryText.Write(_console.Profile.Out.Writer, summary);
    }

    internal IRenderable Draw(RunSnapshot s)
    {
        Table table = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumn("name").AddColumn(new TableColumn("value").RightAligned()).AddColumn("unit");
        table.AddRow("time", Human.Round(s.ElapsedS), "s");
        table.AddRow("offered", Human.Round(s.OfferedMpps), "Mpps");
        table.AddRow("forwarded", Human.Round(s.ForwardedMpps), "Mpps");
        table.AddRow("refused by the full ring", Human.Count(s.RingFull), "packets");
        table.AddRow("backlog", Human.Count((long)s.Backlog), "packets");
        table.AddRow("P-state", $"{s.PState}", $"{Human.Round(s.Mhz)} MHz");
        table.AddRow("calls", Human.Round(s.CallsPerS), "/s");
        table.AddRow("round trip, median", Human.Round(s.RoundTripNs), "ns");
        table.AddRow("energy saved against always-fastest", Human.Round(s.EnergySavedPercent), "%");
        List<IRenderable> parts = [table];
        parts.AddRange(_guestLines.Select(line => new Text($"guest: {line}", new Style(decoration: Decoration.Dim))));
        return new Rows(parts);
    }

    private void GoOnInPlain()
    {
        if (!_painter.TryHandBack(out IReadOnlyList<RunSnapshot> undrawn))
        {
            return;
        }

        _plain.Notice($"the table cannot be drawn on this terminal: {_painter.Failure!.Message} The report goes on in lines.");
        while (_guestLines.TryDequeue(out string? line))
        {
            _plain.GuestLine(line);
        }

        foreach (RunSnapshot snapshot in undrawn)
        {
            _plain.Sample(snapshot);
        }
    }
}
