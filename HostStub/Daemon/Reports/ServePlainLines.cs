using PollScale.HostStub.Report;
using Spectre.Console;

namespace PollScale.HostStub.Daemon.Reports;

/// <summary>For a file or the journal: the table at the start, after a reload and at the end, and a line whenever a channel comes, goes or has another problem.</summary>
internal sealed class ServePlainLines(TextWriter output) : IServeReport
{
    private const int Width = 200;
    private readonly Dictionary<string, string> _states = [];

    public TimeSpan Interval => TimeSpan.FromSeconds(1);

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

        foreach (ChannelSnapshot channel in what.Channels)
        {
            string name = $"{channel.Guest} vCPU {channel.Vcpu}", state = channel.Connected ? "connected" : channel.Problem ?? "waiting for the guest";
            if (_states.GetValueOrDefault(name) != state)
            {
                _states[name] = state;
                output.WriteLine(SafeText.Line($"{name} ({channel.Endpoint}): {state}"));
            }
        }

        output.Flush();
    }

    public void Dispose()
    {
    }
}
