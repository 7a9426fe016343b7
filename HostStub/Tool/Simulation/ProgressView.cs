using System.Globalization;
using PollScale.HostStub.Report.Kit;
using Spectre.Console;

namespace PollScale.HostStub.Simulation;

/// <summary>Tells how far a simulation is: a bar on a terminal; elsewhere a line for each part, and one each half minute within it; or nothing.</summary>
/// <param name="error">For lines.</param>
/// <param name="terminal">The terminal behind it; null when it is none.</param>
/// <param name="quiet">Show nothing.</param>
/// <param name="time">Clock; null is the system's.</param>
internal sealed class ProgressView(TextWriter error, IAnsiConsole? terminal, bool quiet, TimeProvider? time = null)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(30);
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private long _at;
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
            work(Line);
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

    private void Line(double share, string label)
    {
        lock (_lock)
        {
            bool part = label != _label;
            if (part || _time.GetElapsedTime(_at) >= s_interval)
            {
                _label = label;
                _at = _time.GetTimestamp();
                error.WriteLine(part ? $"simulate: {label}" : string.Create(CultureInfo.InvariantCulture, $"simulate: {label}, {share:P0} of all"));
            }
        }
    }
}
