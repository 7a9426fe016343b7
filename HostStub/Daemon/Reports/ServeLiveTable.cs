using PollScale.HostStub.Report;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace PollScale.HostStub.Daemon.Reports;

/// <summary>The table, redrawn in place on a terminal. Where that fails the report goes on in plain lines, and says why.</summary>
internal sealed class ServeLiveTable : IServeReport
{
    private readonly LivePainter<ServeEvent> _painter;
    private readonly IServeReport _plain;
    private string? _message;
    private string? _why;

    /// <param name="console">The terminal.</param>
    /// <param name="plain">Goes on where nothing can be drawn; disposed with this.</param>
    public ServeLiveTable(IAnsiConsole console, IServeReport plain)
    {
        _plain = plain;
        _painter = new LivePainter<ServeEvent>(console, "starting", Draw);
        _painter.Start();
    }

    public TimeSpan Interval => _painter.Failure is null ? TimeSpan.FromMilliseconds(500) : _plain.Interval;

    public bool TellsStates => false;

    public void Show(ServeEvent what)
    {
        GoOnInPlain();
        if (_painter.Failure is null)
        {
            _painter.Show(what);
        }
        else
        {
            ShowPlain(what);
        }
    }

    public void Dispose()
    {
        _painter.End();
        GoOnInPlain();
        _plain.Dispose();
    }

    private IRenderable Draw(ServeEvent what)
    {
        _message = what.Message ?? _message; // the last one stays in sight
        return ServeTable.Draw(what, _message);
    }

    private void GoOnInPlain()
    {
        if (_painter.TryHandBack(out IReadOnlyList<ServeEvent> undrawn))
        {
            _why = $"The table cannot be drawn on this terminal: {_painter.Failure!.Message} The report goes on in lines.";
            foreach (ServeEvent what in undrawn)
            {
                ShowPlain(what);
            }
        }
    }

    private void ShowPlain(ServeEvent what)
    {
        _plain.Show(_why is null ? what : what with { Message = what.Message is null ? _why : $"{_why}\n{what.Message}" });
        _why = null;
    }
}
