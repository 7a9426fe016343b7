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

    private readonly bool _granted;
    private readonly int _lcoreVcpu;
    private readonly bool _queries;

    /// <summary>A policy over a table whose allowed range is the guest's.</summary>
    /// <param name="table">P-states and allowed range.</param>
    /// <param name="granted">Whether the guest may change the P-state.</param>
    /// <param name="lcoreVcpu">The vCPU whose calls may.</param>
    /// <param name="queries">Whether the guest may ask for P-states, frequencies and limits.</param>
    public FrequencyPolicy(PStateTable table, bool granted, int lcoreVcpu = LcoreVcpu, bool queries = true)
    {
        Table = table;
        _granted = granted;
        _lcoreVcpu = lcoreVcpu;
        _queries = queries;
    }

    /// <summary>P-states and allowed range.</summary>
    public PStateTable Table { get; }

    /// <summary>Decides. A missing right refuses before any look at the argument.</summary>
    public PolicyDecision Decide(in GuestRequest request)
    {
        FrequencyOp op = request.Call.Op;
        long argument = request.Call.Argument;
        if ((uint)op >= HypercallAbi.OpCount)
        {
            return PolicyDecision.UnknownCall;
        }

        if (WhyDenied(op, request) is not DecisionReason.None and DecisionReason denied)
        {
            return PolicyDecision.Deny(denied);
        }

        if (!IsValid(op, argument))
        {
            return PolicyDecision.Refuse(CallResult.Malformed, DecisionReason.BadArgument, FrequencyStatus.Invalid);
        }

        return op switch
        {
            FrequencyOp.Hello => PolicyDecision.Answer(FrequencyReply.Pack(HypercallAbi.Version, Table.Count)),
            FrequencyOp.GetPState => PolicyDecision.Answer(new FrequencyReply(request.InForce)),
            FrequencyOp.SetPState => Change(argument, request),
            // Beyond a table's length every step is the same, and saturating first keeps long.MinValue harmless.
            FrequencyOp.Step => Change(request.Wish - Math.Clamp(argument, -HypercallAbi.MaxPStates, HypercallAbi.MaxPStates), request),
            FrequencyOp.Max => Change(0, request),
            FrequencyOp.Min => Change(Table.Count - 1, request),
            FrequencyOp.PStateKHz => PolicyDecision.Answer(new FrequencyReply(Table[(int)argument])),
            _ => PolicyDecision.Answer(FrequencyReply.Pack(Table.FastestAllowed, Table.SlowestAllowed)),
        };
    }

    // Hello stays answered to all: it is how a guest finds out that it may not.
    private DecisionReason WhyDenied(FrequencyOp op, in GuestRequest request) => op switch
    {
        FrequencyOp.Hello => DecisionReason.None,
        FrequencyOp.GetPState or FrequencyOp.PStateKHz or FrequencyOp.Limits => _queries ? DecisionReason.None : DecisionReason.QueriesOff,
        _ when !_granted => DecisionReason.NotGranted,
        _ when request.Vcpu != _lcoreVcpu => DecisionReason.NotTheLcore,
        _ => request.Pinned ? DecisionReason.None : DecisionReason.NotPinned,
    };

    private bool IsValid(FrequencyOp op, long argument) => op switch
    {
        FrequencyOp.Hello or FrequencyOp.Step => true,
        FrequencyOp.SetPState or FrequencyOp.PStateKHz => argument >= 0 && argument < Table.Count,
        _ => argument == 0,
    };

    private PolicyDecision Change(long asked, in GuestRequest request)
    {
        int target = Table.Clamp(asked);
        (CallResult result, DecisionReason reason) = target > asked ? (CallResult.Clamped, DecisionReason.BoundFastest)
            : target < asked ? (CallResult.Clamped, DecisionReason.BoundSlowest)
            : target == request.Wish && target == request.InForce ? (CallResult.Unchanged, DecisionReason.AlreadyThere)
            : (CallResult.Granted, DecisionReason.None);
        return new PolicyDecision(result, reason, new FrequencyReply(target), target);
    }
}
