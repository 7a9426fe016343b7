using System.Runtime.CompilerServices;
using PollScale.Hypercall;

namespace PollScale.HostStub.Policy;

/// <summary>
/// The rule for one guest's calls: may it change anything, is the argument well formed, which P-state results.
/// Pure: no clock, no state, no allocation; every input gives a decision.
/// </summary>
internal sealed class FrequencyPolicy
{
    /// <summary>The one vCPU of a micro-VM with a pCPU of its own. The others share the housekeeping CPU: they may ask, but change nothing.</summary>
    public const int LcoreVcpu = 0;

    private readonly int _lcoreVcpu;

    /// <summary>A policy over a table whose allowed range is the guest's.</summary>
    /// <param name="table">P-states and allowed range.</param>
    /// <param name="granted">Whether the guest may change the P-state.</param>
    /// <param name="lcoreVcpu">The vCPU whose calls may.</param>
    /// <param name="queries">Whether the guest may ask for P-states, frequencies and limits.</param>
    public FrequencyPolicy(PStateTable table, bool granted, int lcoreVcpu = LcoreVcpu, bool queries = true)
    {
        Table = table;
        Granted = granted;
        _lcoreVcpu = lcoreVcpu;
        Queries = queries;
    }

    /// <summary>P-states and allowed range.</summary>
    public PStateTable Table { get; }

    /// <summary>Whether the guest may change the P-state.</summary>
    public bool Granted { get; }

    /// <summary>Whether the guest may ask for P-states, frequencies and limits.</summary>
    public bool Queries { get; }

    /// <summary>Whose the fastest bound is.</summary>
    public AuditReason FastestReason { get; init; } = AuditReason.BoundFastest;

    /// <summary>Whose the slowest bound is.</summary>
    public AuditReason SlowestReason { get; init; } = AuditReason.BoundSlowest;

    /// <summary>Who does not grant control.</summary>
    public AuditReason DeniedReason { get; init; } = AuditReason.NotGranted;

    /// <summary>Decides. A missing right refuses before any look at the argument.</summary>
    public PolicyDecision Decide(in GuestRequest request)
    {
        FrequencyOp op = request.Call.Op;
        if (!CallMeaning.IsKnown(op))
        {
            return PolicyDecision.UnknownCall;
        }

        if (WhyDenied(op, request.Vcpu, request.Pinned) is not AuditReason.None and AuditReason denied)
        {
            return PolicyDecision.Deny(denied);
        }

        if (!CallMeaning.IsValid(request.Call, Table.Count))
        {
            return PolicyDecision.Refuse(CallVerdict.Malformed, AuditReason.BadArgument, FrequencyStatus.Invalid);
        }

        return CallMeaning.IsChange(op) ? Change(request) : PolicyDecision.Answer(CallMeaning.Told(request.Call, Table, request.InForce));
    }

    /// <summary>Whether a change is neither refused nor malformed: then <see cref="Change"/> decides it.</summary>
    /// <param name="vcpu">The vCPU that exited.</param>
    /// <param name="call">The change.</param>
    /// <param name="pinned">Whether the vCPU is pinned.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Allows(int vcpu, FrequencyCall call, bool pinned) => WhyDenied(call.Op, vcpu, pinned) == AuditReason.None && CallMeaning.IsValid(call, Table.Count);

    /// <summary>Decides a change that is allowed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PolicyDecision Change(in GuestRequest request)
    {
        long asked = CallMeaning.Asked(request.Call, Table, request.Wish);
        int target = Table.Clamp(asked);
        (CallVerdict result, AuditReason reason) = target > asked ? (CallVerdict.Clamped, FastestReason)
            : target < asked ? (CallVerdict.Clamped, SlowestReason)
            : target == request.Wish && target == request.InForce ? (CallVerdict.Unchanged, AuditReason.AlreadyThere)
            : (CallVerdict.Granted, AuditReason.None);
        return new PolicyDecision(result, reason, new FrequencyReply(target), target);
    }

    // Hello stays answered to all: it is how a guest finds out that it may not.
    private AuditReason WhyDenied(FrequencyOp op, int vcpu, bool pinned) => op switch
    {
        FrequencyOp.Hello => AuditReason.None,
        _ when !CallMeaning.IsChange(op) => Queries ? AuditReason.None : AuditReason.QueriesOff,
        _ when !Granted => DeniedReason,
        _ when vcpu != _lcoreVcpu => AuditReason.NotTheLcore,
        _ => pinned ? AuditReason.None : AuditReason.NotPinned,
    };
}
