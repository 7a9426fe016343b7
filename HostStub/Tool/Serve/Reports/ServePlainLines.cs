using PollScale.HostStub.Log;
using PollScale.HostStub.Report.Kit;

namespace PollScale.HostStub.Serve.Reports;

/// <summary>For a file or the journal: the table at the start, after a reload and at the end, and a line for each notice.</summary>
/// <param name="output">Where it goes.</param>
/// <param name="isJournal">It is systemd's journal.</param>
internal sealed class ServePlainLines(TextWriter output, bool isJournal = false) : IReport
{
    private readonly LogLines _lines = new(output, isJournal, "");

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

        foreach (LogEvent told in what.Events)
        {
            _lines.Write(told);
        }

        output.Flush();
    }
}
