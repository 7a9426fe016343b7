using System.Collections.Concurrent;
using PollScale.HostStub.Report.Kit;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace PollScale.HostStub.Report;

/// <summary>
/// A table that is redrawn in place, for a terminal. The guest's last lines stand below it. A terminal that cannot be drawn on ends no run:
/// the report goes on in plain lines, and says why.
/// </summary>
internal sealed class LiveTable : IReport
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
        _painter = new LivePainter<RunSnapshot>(console, "waiting for the guest to poll", Draw, GoOnInPlain, plain.Show);
    }

    /// <inheritdoc/>
    public TimeSpan Interval => _painter.IsDrawing ? TimeSpan.FromMilliseconds(250) : ((IReport)_plain).Interval;

    /// <inheritdoc/>
    public bool IsLive => _painter.IsDrawing;

    /// <inheritdoc/>
    public void Show(ReportLine line)
    {
        switch (line)
        {
            case RunHeader header:
                HeaderText.Write(_console.Profile.Out.Writer, header);
                _painter.Start();
                break;
            case RunSnapshot snapshot:
                _painter.Show(snapshot);
                break;
            case RunSummary summary:
                _painter.End();
                SummaryText.Write(_console.Profile.Out.Writer, summary);
                break;
        }
    }

    /// <inheritdoc/>
    public void GuestLine(string line)
    {
        if (!_painter.IsDrawing)
        {
            _plain.GuestLine(line);
            return;
        }

        _guestLines.Enqueue(SafeText.Line(line));
        while (_guestLines.Count > GuestLinesShown && _guestLines.TryDequeue(out _))
        {
        }
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
        table.AddRow("round trip, median", Human.Round(s.RoundTripNs.P50), "ns");
        table.AddRow("CPU used by the polling thread", Human.Round(s.Lcore?.CpuPercent), "% of a CPU");
        table.AddRow("asleep", Human.Round(s.Lcore?.AsleepPercent), "%");
        table.AddRow("wake-ups", Human.Round(s.Lcore?.WakeUpsPerS), "/s");
        table.AddRow("woken up late by, median", Human.Round(s.Lcore?.LateUs.P50), "us");
        table.AddRow("energy saved against always-fastest", Human.Round(s.EnergySavedPercent), "%");
        List<IRenderable> parts = [table];
        parts.AddRange(_guestLines.Select(line => new Text($"guest: {line}", new Style(decoration: Decoration.Dim))));
        return new Rows(parts);
    }

    private void GoOnInPlain(string why)
    {
        _plain.Notice(why);
        while (_guestLines.TryDequeue(out string? line))
        {
            _plain.GuestLine(line);
        }
    }
}
