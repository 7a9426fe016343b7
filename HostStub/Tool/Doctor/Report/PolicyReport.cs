using PollScale.HostStub.Report.Kit;

namespace PollScale.HostStub.Doctor.Report;

/// <summary>What was found about a policy file.</summary>
/// <param name="Policy">The file.</param>
/// <param name="Valid">It has no error.</param>
/// <param name="Guests">Guests in it; null when the file has mistakes.</param>
/// <param name="Channels">Their channels; null when the file has mistakes.</param>
/// <param name="Findings">In the order of the file.</param>
[LineOf("serve --check", LineType.Summary)]
internal sealed record PolicyReport(string Policy, bool Valid, int? Guests, int? Channels, IReadOnlyList<PolicyReportLine> Findings) : SummaryLine;
