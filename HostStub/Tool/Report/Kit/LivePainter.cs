using System.Collections.Concurrent;
using PollScale.Placement;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace PollScale.HostStub.Report.Kit;

/// <summary>
/// Draws values in place on a terminal, by a thread of its own, so that a slow terminal holds up nobody. Not every terminal can be drawn on
/// (it has no height, went away, is not what TERM says): then the reason is told, and all that was not drawn, and all that comes, is shown
/// otherwise. Every method is called by one thread.
/// </summary>
/// <param name="console">The terminal.</param>
/// <param name="waiting">Stands there until the first value.</param>
/// <param name="draw">Draws a value; runs on the painter's thread.</param>
/// <param name="tell">Told once why the terminal cannot be drawn on, a sentence.</param>
/// <param name="otherwise">Shows a value where nothing can be drawn.</param>
internal sealed class LivePainter<T>(IAnsiConsole console, string waiting, Func<T, IRenderable> draw, Action<string> tell, Action<T> otherwise)
{
    private readonly BlockingCollection<T> _values = [];
    private HostThread? _thread;
    private volatile T[] _drawing = [];
    private bool _handedBack;

    /// <summary>False once the terminal could not be drawn on. From any thread.</summary>
    public bool IsDrawing => _thread?.Failure is null;

    /// <summary>Starts drawing.</summary>
    public void Start()
    {
        _thread = new HostThread("report", Paint);
        _thread.Start();
    }

    /// <summary>Shows a value: drawn soon, or otherwise at once.</summary>
    public void Show(T value)
    {
        HandBack();
        if (IsDrawing)
        {
            _values.Add(value);
        }
        else
        {
            otherwise(value);
        }
    }

    /// <summary>Draws what is left and leaves it there.</summary>
    public void End()
    {
        _values.CompleteAdding();
        _thread?.Join();
        HandBack();
    }

    // Once, after a failure: what was not drawn, oldest first.
    private void HandBack()
    {
        if (_handedBack || _thread?.Failure is not Exception failure)
        {
            return;
        }

        _handedBack = true;
        tell($"the table cannot be drawn on this terminal: {failure.Message} The report goes on in lines.");
        foreach (T value in _drawing)
        {
            otherwise(value);
        }

        while (_values.TryTake(out T? value))
        {
            otherwise(value);
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
