using Microsoft.Extensions.Logging;

namespace PollScale.HostStub.Log;

/// <summary>Writes events as lines of text; each with its priority before it, as sd-daemon(3) has it, where they go to systemd's journal.</summary>
/// <param name="output">Where they go.</param>
/// <param name="isJournal">It is the journal, which takes the priority off again.</param>
/// <param name="name">Stands before each event's text: "hoststub: ".</param>
internal sealed class LogLines(TextWriter output, bool isJournal, string name = "hoststub: ")
{
    /// <summary>Writes an event.</summary>
    public void Write(LogEvent what)
    {
        string priority = isJournal ? $"<{PriorityOf(what.Level)}>" : "", before = name;
        foreach (string line in Report.SafeText.Lines(what.Message))
        {
            output.WriteLine($"{priority}{before}{line}");
            before = "";
        }

        output.Flush();
    }

    /// <summary>syslog's priority: 7 debug, 6 info, 4 warning, 3 error, 2 critical.</summary>
    public static int PriorityOf(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => 7,
        LogLevel.Information => 6,
        LogLevel.Warning => 4,
        LogLevel.Error => 3,
        _ => 2,
    };
}
