using PollScale.HostStub.Report.Kit;
using Spectre.Console;

namespace PollScale.HostStub.Simulation;

/// <summary>Tells how far a simulation is: a bar on a terminal, a line for each part elsewhere, or nothing.</summary>
/// <param name="error">For lines.</param>
/// <param name="terminal">The terminal behind it; null when it is none.</param>
/// <param name="quiet">Show nothing.</param>
internal sealed class ProgressView(TextWriter error, IAnsiConsole? terminal, bool quiet)
{
    private readonly Lock _lock = new();
    private string _label = "";

    /// <summary>Does work that tells the share done, 0 .. 1, and what it is at.</summary>
    public void During(Action<Action<double, string>> work)
    {
        if (quiet)
        {
            work((_, _) => { });
        }
        else if (terminal is null || TerminalSize.Problem(terminal) is not null)
        {
            work((_, label) => Line(label));
        }
        else
        {
            terminal.Progress().AutoClear(true).Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn()).Start(context =>
            {
                ProgressTask bar = context.AddTask("simulate", maxValue: 1);
                work((share, label) =>
                {
                    bar.Description = Markup.Escape(label);
                    bar.Value = share;
                });
            });
        }
    }

    private void Line(string label)
    {
        lock (_lock)
        {
            if (label != _label)
            {
                _label = label;
                error.WriteLine($"simulate: {label}");
            }
        }
    }
}
