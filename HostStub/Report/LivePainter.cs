using System.Collections.Concurrent;
using PollScale.HostStub.Platform;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace PollScale.HostStub.Report;

/// <summary>
/// Draws values in place on a terminal, by a thread of its own, so that a slow terminal holds up nobody. Not every terminal can be drawn on
/// (it has no height, went away, is not what TERM says): then drawing ends, and what was not drawn is handed back to be shown otherwise.
/// Every method is called by one thread.
/// </summary>
/// <param name="console">The terminal.</param>
/// <param name="waiting">Stands there until the first value.</param>
/// <param name="draw">Draws a value; runs on the painter's thread.</param>
internal sealed class LivePainter<T>(IAnsiConsole console, string waiting, Func<T, IRenderable> draw)
{
    private readonly BlockingCollection<T> _values = [];
    private HostThread? _thread;
    private volatile T[] _drawing = [];
    private bool _handedBack;

    /// <summary>Why nothing can be drawn any more; null so far. From any thread.</summary>
    public Exception? Failure => _thread?.Failure;

    /// <summary>Starts drawing.</summary>
    public void Start()
    {
        _thread = new HostThread("report", Paint);
        _thread.Start();
    }

    /// <summary>Draws a value soon.</summary>
    public void Show(T value) => _values.Add(value);

    /// <summary>Draws what is left and leaves it there.</summary>
    public void End()
    {
        _values.CompleteAdding();
        _thread?.Join();
    }

    /// <summary>Once drawing has failed, and only once.</summary>
    /// <param name="values">What was not drawn, oldest first.</param>
    /// <returns>True the first time after a failure.</returns>
    public bool TryHandBack(out IReadOnlyList<T> values)
    {
        bool first = Failure is not null && !_handedBack;
        _handedBack |= first;
        values = first ? [.. _drawing, .. TakeAll()] : [];
        return first;
    }

    private IEnumerable<T> TakeAll()
    {
        while (_values.TryTake(out T? value))
        {
            yield return value;
        }
    }

    private void Paint()
    {
        if (TerminalSize.Problem(console) is string problem)
        {
            throw new InvalidOperationException(problem);
        }

        console.Live(new Text(waiting)).Start(live =>
        {
            foreach (T value in _values.GetConsumingEnumerable())
            {
                _drawing = [value];
                live.UpdateTarget(draw(value));
                _drawing = [];
            }
        });
    }
}
