using PollScale.HostStub.Policy.Configuration;

namespace PollScale.HostStub.Doctor.Policies;

/// <summary>One thing found about a policy file.</summary>
/// <param name="Status">Problem where it could not be served, warning where it could, but perhaps not as meant.</param>
/// <param name="About">Where in the file, what, and whether the machine is at fault.</param>
internal sealed record PolicyFinding(FindingStatus Status, PolicyError About);
