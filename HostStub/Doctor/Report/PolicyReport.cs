namespace PollScale.HostStub.Doctor.Report;

/// <summary>What was found about a policy file, for programs.</summary>
/// <param name="Policy">The file.</param>
/// <param name="Valid">It has no error.</param>
/// <param name="Findings">In the order of the file.</param>
internal sealed record PolicyReport(string Policy, bool Valid, IReadOnlyList<PolicyReportLine> Findings);
