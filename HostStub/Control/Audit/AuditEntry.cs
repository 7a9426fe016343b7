using PollScale.HostStub.Policy;

namespace PollScale.HostStub.Audit;

/// <summary>A decision on its way to the log.</summary>
/// <param name="Record">The decision.</param>
/// <param name="DoneTsc">TSC when it had been applied.</param>
internal readonly record struct AuditEntry(AuditRecord Record, ulong DoneTsc);
