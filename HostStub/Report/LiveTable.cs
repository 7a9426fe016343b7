using System.Collections.Concurrent;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace PollScale.HostStub.Report;

/// <summary>A table that is redrawn in place, for a terminal; drawn by one thread of its own. The guest's last lines stand below it.</summary>
internal sealed class LiveTable(IAnsiConsole console) : IRunReporter
{
    private const int GuestLinesShown = 3;
    private readonly BlockingCollection<RunSnapshot> _snapshots = [];
    private readonly ConcurrentQueue<string> _guestLines = new();
    private Thread? _painter;

    /// <inheritdoc/>
    public TimeSpan Interval => TimeSpan.FromMilliseconds(250);

    /// <inheritdoc/>
    public void Begin(RunHeader header)
    {
        HeaderText.Write(console.Profile.Out.Writer, header);
        _painter = new Thread(Paint) { Name = "report", IsBackground = true };
        _painter.Start();
    }

    /// <inheritdoc/>
    public void Sample(RunSnapshot snapshot) => _snapshots.Add(snapshot);

    /// <inheritdoc/>
    public void GuestLine(string line)
    {
        _guestLines.Enqueue(SafeText.Line(line));
        while (_guestLines.Count > GuestLinesShown && _guestLines.TryDequeue(out _))
        {
        }
    }

    /// <inheritdoc/>
    public void End(RunSummary summary)
    {
        _snapshots.CompleteAdding();
        _painter?.Join();
        SummaryText.Write(console.Profile.Out.Writer, summary);
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

    private void Paint() =>
        console.Live(new Text("waiting for the guest to poll")).Start(live =>
        {
            foreach (RunSnapshot snapshot in _snapshots.GetConsumingEnumerable())
            {
                live.UpdateTarget(Draw(snapshot));
            }
        });
}
