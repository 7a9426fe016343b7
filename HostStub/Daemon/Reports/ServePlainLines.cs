using PollScale.HostStub.Report;
using PollScale.HostStub.Report.Kit;

namespace PollScale.HostStub.Daemon.Reports;

/// <summary>For a file or the journal: the table at the start, after a reload and at the end, and a line for each notice.</summary>
internal sealed class ServePlainLines(TextWriter output) : IReport
{
    /// <inheritdoc/>
    public void Show(ReportLine line)
    {
        if (line is not ServeLine what)
        {
            return;
        }

        if (what.Type is LineType.Start or LineType.Change or LineType.Summary)
        {
            Consoles.Plain(output).Write(ServeTable.Draw(what));
        }

        if (what.Message is not null)
        {
            Text(what.Message);
        }

        output.Flush();
    }

    /// <summary>Writes lines of text.</summary>
    public void Text(string text)
    {
        foreach (string line in SafeText.Lines(text))
        {
            output.WriteLine(line);
        }
    }
}
