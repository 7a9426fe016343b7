using System.Collections.Concurrent;
using Spectre.Console;

namespace PollScale.HostStub.Daemon.Reports;

/// <summary>The table, redrawn in place on a terminal by a thread of its own.</summary>
internal sealed class ServeLiveTable : IServeReport
{
    private const int MostEvents = 64;
    private static readonly TimeSpan s_lastDraw = TimeSpan.FromMilliseconds(500);
    private readonly BlockingCollection<ServeEvent> _events = new(MostEvents);
    private readonly Thread _painter;
    private volatile Exception? _failure;

    public ServeLiveTable(IAnsiConsole console)
    {
        _painter = new Thread(() =>
        {
            try
            {
                Paint(console);
            }
            catch (Exception e)
            {
                _failure = e; // a terminal that went away; the next event tells
            }
        })
        { Name = "painter", IsBackground = true };
        _painter.Start();
    }

    public TimeSpan Interval => TimeSpan.FromMilliseconds(500);

    public bool TellsStates => false;

    public void Show(ServeEvent what)
    {
        if (_failure is Exception failure)
        {
            throw new IOException($"the terminal: {failure.Message}", failure);
        }

        _events.TryAdd(what); // a terminal on hold shows what comes later
    }

    public void Dispose()
    {
        _events.CompleteAdding();
        if (_painter.Join(s_lastDraw))
        {
            _events.Dispose();
        }
    }

    private void Paint(IAnsiConsole console) => console.Live(new Text("starting")).Start(live =>
    {
        string? message = null;
        foreach (ServeEvent next in _events.GetConsumingEnumerable())
        {
            message = next.Message ?? message; // the last one stays in sight
            live.UpdateTarget(ServeTable.Draw(next, message));
        }
    });
}
