namespace PollScale.HostStub.Audit;

/// <summary>The audit log cannot be opened; the message says why and what to do.</summary>
internal sealed class AuditException(string message) : Exception(message);
