using PollScale.HostStub.Report;
using Spectre.Console;

namespace PollScale.HostStub.Daemon.Reports;

/// <summary>For a file or the journal: the table at the start, after a reload and at the end, and a line for each notice.</summary>
internal sealed class ServePlainLines(TextWriter output) : IServeReport
{
    private const int Width = 200;

    public TimeSpan Interval => TimeSpan.FromSeconds(1);

    public bool TellsStates => true;

    public void Show(ServeEvent what)
    {
        if (what.Event is "start" or "reload" or "end")
        {
            IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(output) });
            console.Profile.Width = Width;
            console.Write(ServeTable.Draw(what));
        }

        if (what.Message is not null)
        {
            foreach (string line in SafeText.Lines(what.Message))
            {
                output.WriteLine(line);
            }
        }

        output.Flush();
    }

    public void Dispose()
    {
    }
}
