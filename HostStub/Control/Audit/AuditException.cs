namespace PollScale.HostStub.Audit;

/// <summary>The audit log cannot be opened; the message says why and what to do.</summary>
internal sealed class AuditException(string message) : Exception(message)
{
    /// <summary>True when the path may be right, and this user or this machine is what stands in the way: no permission, no room.</summary>
    public bool IsMachines { get; init; }
}
