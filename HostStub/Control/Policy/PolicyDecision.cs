using PollScale.Hypercall;

namespace PollScale.HostStub.Policy;

/// <summary>What policy decided about a call.</summary>
/// <param name="Result">Kind of decision.</param>
/// <param name="Reason">Why.</param>
/// <param name="Reply">Reply to the guest, unless the backend then fails.</param>
/// <param name="Target">P-state the guest is to have, within its bounds; -1 when the call changes nothing.</param>
internal readonly record struct PolicyDecision(CallVerdict Result, AuditReason Reason, FrequencyReply Reply, int Target)
{
    /// <summary>The budget is spent.</summary>
    public static PolicyDecision Throttled { get; } = Refuse(CallVerdict.Throttled, AuditReason.BudgetSpent, FrequencyStatus.Throttled);

    /// <summary>The backend failed: what was decided does not hold.</summary>
    public static PolicyDecision BackendFailed { get; } = Refuse(CallVerdict.BackendFailed, AuditReason.BackendFailed, FrequencyStatus.BackendFailed);

    /// <summary>A number or slot outside the ABI.</summary>
    public static PolicyDecision UnknownCall { get; } = Refuse(CallVerdict.UnknownCall, AuditReason.NoSuchCall, FrequencyStatus.UnknownCall);

    /// <summary>The host's kernel answers this vCPU's changes: no other way makes any meanwhile.</summary>
    public static PolicyDecision AnsweredInKernel { get; } = Refuse(CallVerdict.Unsupported, AuditReason.AnsweredInKernel, FrequencyStatus.Unsupported);

    /// <summary>The guest may not.</summary>
    public static PolicyDecision Deny(AuditReason reason) => Refuse(CallVerdict.Denied, reason, FrequencyStatus.Denied);

    /// <summary>A refusal: nothing changes.</summary>
    public static PolicyDecision Refuse(CallVerdict result, AuditReason reason, FrequencyStatus status) => new(result, reason, new FrequencyReply(status), -1);

    /// <summary>An answered query.</summary>
    public static PolicyDecision Answer(FrequencyReply reply) => new(CallVerdict.Granted, AuditReason.None, reply, -1);
}
