using PollScale.HostStub.Operate.Protocol;
using PollScale.HostStub.Report;
using PollScale.HostStub.Report.Kit;
using Spectre.Console;

namespace PollScale.HostStub.Operate;

/// <summary>The status for people.</summary>
internal sealed class StatusText(IAnsiConsole console) : IReport
{
    /// <inheritdoc/>
    public void Show(ReportLine line)
    {
        if (line is not DaemonStatus status)
        {
            return;
        }

        Line(Heading(status));
        console.Write(StatusTable.Draw(StatusRow.Of(status, null), console.Profile.Width));
        foreach (string problem in status.Problems)
        {
            Line($"! {string.Join(' ', SafeText.Lines(problem))}");
        }

        Line(status.Problems.Count == 0 ? "All is well." : $"{status.Problems.Count} {(status.Problems.Count == 1 ? "thing is" : "things are")} not well.");
    }

    /// <summary>What is served, in a line.</summary>
    public static string Heading(DaemonStatus status) => SafeText.Line(
        $"hoststub {status.Program}, process {status.Pid}, serving for {Human.Nanoseconds(status.UptimeS * 1e9)}{(status.Policy is string policy ? $" by {policy}" : "")}; {Human.Count((long)status.Vcpus.Count)} vCPUs, frequencies in MHz");

    private void Line(string text) => console.WriteLine(text);
}
