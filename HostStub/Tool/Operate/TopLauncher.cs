using PollScale.HostStub.Lifetime;
using PollScale.HostStub.Operate.Protocol;
using PollScale.HostStub.Report;
using PollScale.HostStub.Report.Kit;
using PollScale.Programs;
using Spectre.Console;

namespace PollScale.HostStub.Operate;

/// <summary>hoststub top: the daemon's vCPUs live. A daemon that goes away is waited for.</summary>
/// <param name="output">For the result.</param>
/// <param name="error">For messages.</param>
/// <param name="terminal">The terminal behind <paramref name="output"/>; null when it is none, or nothing can be drawn on it.</param>
/// <param name="interrupt">The signals.</param>
/// <param name="variable">Value of an environment variable, or null.</param>
internal sealed class TopLauncher(TextWriter output, TextWriter error, IAnsiConsole? terminal, Interrupt interrupt, Func<string, string?> variable)
{
    private const int Lines = 3; // above and below the table
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(100);
    private ControlClient? _client;

    /// <summary>Shows until a signal, or once.</summary>
    /// <exception cref="ControlException">No daemon answers at the start.</exception>
    public ExitCode Run(TopOptions options)
    {
        LivePainter<TopView>? painter = null;
        try
        {
            DaemonStatus first = Ask(options);
            TopView view = new(first, StatusRow.Sort(StatusRow.Of(first, null), options.Order), null);
            if (options.Once)
            {
                Sleep(options.Interval);
                Plain(Next(view, options));
                return interrupt.Count > 0 ? interrupt.Code : ExitCode.Ok;
            }

            if (terminal is not null)
            {
                painter = new LivePainter<TopView>(terminal, "asking", Draw, text => error.WriteLine($"hoststub: {text}"), Plain);
                painter.Start();
            }

            while (interrupt.Count == 0)
            {
                (painter is null ? Plain : (Action<TopView>)painter.Show)(view);
                Sleep(options.Interval);
                view = interrupt.Count == 0 ? Next(view, options) : view;
            }

            return interrupt.Code;
        }
        finally
        {
            painter?.End();
            _client?.Dispose();
        }
    }

    private void Sleep(TimeSpan time)
    {
        for (TimeSpan left = time; left > TimeSpan.Zero && interrupt.Count == 0; left -= s_step)
        {
            interrupt.Sleep(left < s_step ? left : s_step);
        }
    }

    private TopView Next(TopView before, TopOptions options)
    {
        try
        {
            DaemonStatus now = Ask(options);
            IReadOnlyList<StatusRow> rows = StatusRow.Of(now, now.Pid == before.Status.Pid ? before.Status : null);
            return new TopView(now, StatusRow.Sort(rows, options.Order), null);
        }
        catch (ControlException e)
        {
            _client?.Dispose();
            _client = null;
            return before with { Trouble = e.Message };
        }
    }

    private DaemonStatus Ask(TopOptions options) => (_client ??= ControlClient.Connect(options.Control, variable))
        .Ask(new ControlRequest { Version = ControlRequest.Current, Command = "status" }, ReportJson.Default.DaemonStatus);

    private static string Below(TopView view) => SafeText.Line(view.Trouble ?? (view.Status.Problems.Count == 0 ? "All is well." : $"{view.Status.Problems.Count} not well: {view.Status.Problems[0]}"));

    private Rows Draw(TopView view) => new(
        One(StatusText.Heading(view.Status)), StatusTable.Draw(view.Rows, terminal!.Profile.Width, terminal.Profile.Height - Lines, rates: true), One(Below(view)));

    private static Text One(string text) => new(text) { Overflow = Overflow.Ellipsis };

    private void Plain(TopView view)
    {
        output.WriteLine(StatusText.Heading(view.Status));
        Consoles.Plain(output).Write(StatusTable.Draw(view.Rows, Consoles.FileWidth, rates: true));
        output.WriteLine(Below(view));
        output.Flush();
    }
}
