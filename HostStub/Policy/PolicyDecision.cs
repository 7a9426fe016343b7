using PollScale.Hypercall;

namespace PollScale.HostStub.Policy;

/// <summary>What policy decided about a call.</summary>
/// <param name="Result">Kind of decision.</param>
/// <param name="Reason">Why.</param>
/// <param name="Reply">Reply to the guest, unless the backend then fails.</param>
/// <param name="Target">P-state the guest is to have, within its bounds; -1 when the call changes nothing.</param>
internal readonly record struct PolicyDecision(CallResult Result, DecisionReason Reason, FrequencyReply Reply, int Target)
{
    /// <summary>The budget is spent.</summary>
    public static PolicyDecision Throttled { get; } = Refuse(CallResult.Throttled, DecisionReason.BudgetSpent, FrequencyStatus.Throttled);

    /// <summary>The backend failed: what was decided does not hold.</summary>
    public static PolicyDecision BackendFailed { get; } = Refuse(CallResult.BackendFailed, DecisionReason.BackendFailed, FrequencyStatus.BackendFailed);

    /// <summary>A number or slot outside the ABI.</summary>
    public static PolicyDecision UnknownCall { get; } = Refuse(CallResult.UnknownCall, DecisionReason.NoSuchCall, FrequencyStatus.UnknownCall);

    /// <summary>The guest may not.</summary>
    public static PolicyDecision Deny(DecisionReason reason) => Refuse(CallResult.Denied, reason, FrequencyStatus.Denied);

    /// <summary>A refusal: nothing changes.</summary>
    public static PolicyDecision Refuse(CallResult result, DecisionReason reason, FrequencyStatus status) => new(result, reason, new FrequencyReply(status), -1);

    /// <summary>An answered query.</summary>
    public static PolicyDecision Answer(FrequencyReply reply) => new(CallResult.Granted, DecisionReason.None, reply, -1);
}
