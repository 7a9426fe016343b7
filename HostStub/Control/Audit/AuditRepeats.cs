using PollScale.HostStub.Policy;

namespace PollScale.HostStub.Audit;

/// <summary>How often one kind of decision came again.</summary>
/// <param name="Guest">Name of the guest.</param>
/// <param name="Result">What was decided.</param>
/// <param name="Reason">Why.</param>
/// <param name="Repeats">How often, without the one written in full.</param>
/// <param name="Ticks">TSC ticks in which.</param>
internal readonly record struct AuditRepeats(string Guest, CallVerdict Result, AuditReason Reason, ulong Repeats, ulong Ticks);
