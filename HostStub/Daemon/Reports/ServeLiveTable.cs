using System.Collections.Concurrent;
using Spectre.Console;

namespace PollScale.HostStub.Daemon.Reports;

/// <summary>The table, redrawn in place on a terminal by a thread of its own.</summary>
internal sealed class ServeLiveTable : IServeReport
{
    private readonly BlockingCollection<ServeEvent> _events = [];
    private readonly Thread _painter;

    public ServeLiveTable(IAnsiConsole console)
    {
        _painter = new Thread(() => console.Live(new Text("starting")).Start(live =>
        {
            string? message = null;
            foreach (ServeEvent next in _events.GetConsumingEnumerable())
            {
                message = next.Message ?? message; // the last one stays in sight
                live.UpdateTarget(ServeTable.Draw(next, message));
            }
        }))
        { Name = "report", IsBackground = true };
        _painter.Start();
    }

    public TimeSpan Interval => TimeSpan.FromMilliseconds(500);

    public void Show(ServeEvent what) => _events.Add(what);

    public void Dispose()
    {
        _events.CompleteAdding();
        _painter.Join();
        _events.Dispose();
    }
}
