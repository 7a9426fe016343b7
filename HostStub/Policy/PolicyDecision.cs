using PollScale.Hypercall;

namespace PollScale.HostStub.Policy;

/// <summary>What policy decided about a call.</summary>
/// <param name="Result">Kind of decision.</param>
/// <param name="Reply">Reply to the guest, unless the backend then fails.</param>
/// <param name="Target">P-state to apply, or -1 when nothing is to change.</param>
internal readonly record struct PolicyDecision(CallResult Result, FrequencyReply Reply, int Target)
{
    /// <summary>A refusal: nothing changes.</summary>
    public static PolicyDecision Refuse(CallResult result, FrequencyStatus status) => new(result, new FrequencyReply(status), -1);

    /// <summary>An answered query.</summary>
    public static PolicyDecision Answer(FrequencyReply reply) => new(CallResult.Granted, reply, -1);
}
