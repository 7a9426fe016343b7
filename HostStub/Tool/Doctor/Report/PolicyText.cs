using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.Report;
using PollScale.HostStub.Report.Kit;

namespace PollScale.HostStub.Doctor.Report;

/// <summary>What was found about a policy file for people and editors: file:line:column, then a sentence; and how much of it.</summary>
internal sealed class PolicyText(TextWriter output) : IReport
{
    /// <inheritdoc/>
    public void Show(ReportLine line)
    {
        if (line is PolicyReport report)
        {
            Write(report);
        }
    }

    private static string Count(int number, string noun) => $"{number} {noun}{(number == 1 ? "" : "s")}";

    private void Write(PolicyReport report)
    {
        int errors = report.Findings.Count(found => found.Status == FindingStatus.Problem);
        foreach (PolicyReportLine found in report.Findings)
        {
            string kind = found.Status == FindingStatus.Problem ? "error" : "warning";
            output.WriteLine(SafeText.Line(new PolicyError(new FilePosition(found.Line, found.Column), $"{kind}: {found.Text}").In(report.Policy)));
        }

        string holds = report is { Guests: int guests, Channels: int channels } ? $"; {Count(guests, "guest")}, {Count(channels, "channel")}" : "";
        output.WriteLine(SafeText.Line($"{report.Policy}: {Count(errors, "error")}, {Count(report.Findings.Count - errors, "warning")}{holds}"));
        output.Flush();
    }
}
