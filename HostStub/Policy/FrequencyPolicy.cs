using PollScale.Hypercall;

namespace PollScale.HostStub.Policy;

/// <summary>
/// The rule for one guest's calls: may it change anything, is the argument well formed, which P-state results.
/// Pure: no clock, no state, no allocation; every input gives a decision.
/// </summary>
internal sealed class FrequencyPolicy
{
    /// <summary>The one vCPU with a pCPU of its own. The guest's others share the housekeeping CPU: they may ask, but change nothing.</summary>
    public const int LcoreVcpu = 0;

    private readonly bool _granted;

    /// <summary>A policy over a table whose allowed range is the guest's.</summary>
    /// <param name="table">P-states and allowed range.</param>
    /// <param name="granted">Whether the guest may change the P-state.</param>
    public FrequencyPolicy(PStateTable table, bool granted)
    {
        Table = table;
        _granted = granted;
    }

    /// <summary>P-states and allowed range.</summary>
    public PStateTable Table { get; }

    /// <summary>Decides. A missing grant refuses before any look at the argument.</summary>
    public PolicyDecision Decide(in GuestRequest request)
    {
        FrequencyOp op = request.Call.Op;
        long argument = request.Call.Argument;
        if ((uint)op >= HypercallAbi.OpCount)
        {
            return PolicyDecision.Refuse(CallResult.UnknownCall, FrequencyStatus.UnknownCall);
        }

        bool changes = op is FrequencyOp.SetPState or FrequencyOp.Step or FrequencyOp.Max or FrequencyOp.Min;
        if (changes && !(_granted && request.Vcpu == LcoreVcpu))
        {
            return PolicyDecision.Refuse(CallResult.Denied, FrequencyStatus.Denied);
        }

        if (!IsValid(op, argument))
        {
            return PolicyDecision.Refuse(CallResult.Invalid, FrequencyStatus.Invalid);
        }

        return op switch
        {
            FrequencyOp.Hello => PolicyDecision.Answer(FrequencyReply.Pack(HypercallAbi.Version, Table.Count)),
            FrequencyOp.GetPState => PolicyDecision.Answer(new FrequencyReply(request.Current)),
            FrequencyOp.SetPState => Change(argument, request.Current),
            // Beyond a table's length every step is the same, and saturating first keeps long.MinValue harmless.
            FrequencyOp.Step => Change(request.Current - Math.Clamp(argument, -HypercallAbi.MaxPStates, HypercallAbi.MaxPStates), request.Current),
            FrequencyOp.Max => Change(0, request.Current),
            FrequencyOp.Min => Change(Table.Count - 1, request.Current),
            FrequencyOp.PStateKHz => PolicyDecision.Answer(new FrequencyReply(Table[(int)argument])),
            _ => PolicyDecision.Answer(FrequencyReply.Pack(Table.FastestAllowed, Table.SlowestAllowed)),
        };
    }

    private bool IsValid(FrequencyOp op, long argument) => op switch
    {
        FrequencyOp.Hello or FrequencyOp.Step => true,
        FrequencyOp.SetPState or FrequencyOp.PStateKHz => argument >= 0 && argument < Table.Count,
        _ => argument == 0,
    };

    private PolicyDecision Change(long asked, int current)
    {
        int target = Table.Clamp(asked);
        CallResult result = target != asked ? CallResult.Clamped : target == current ? CallResult.Unchanged : CallResult.Granted;
        return new PolicyDecision(result, new FrequencyReply(target), target == current ? -1 : target);
    }
}
