using PollScale.Hypercall;
using PollScale.Native;

namespace PollScale.HostStub.Policy.Cores;

/// <summary>The calls of one vCPU of one guest: budget, policy, core, counters, audit. It lives as long as its <see cref="HostFrequency"/>, whatever policies come.</summary>
/// <remarks>
/// While a core's backend works nothing is held but that core's own lock; the gate of a service, of a budget and of the audit's queue are for a few
/// instructions each, taken in this order and after the core's lock. Every call costs budget, queries and malformed ones too: an exit costs the host the
/// same whatever it asks.
/// </remarks>
internal sealed partial class VcpuService : IFrequencyService
{
    // Many times what a change takes: longer is a file that hangs.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(500);

    /// <summary>Stands for the P-states of a pCPU that could not be looked at so far.</summary>
    public static readonly PStateTable NoPStates = new([1], 0, 0, 0);

    private readonly string _guest;
    private readonly int _vcpu;
    private readonly GuestBudget _budget;
    private readonly NoteLimiter? _notes;
    private readonly CallCounters _counters = new();
    private SpinGate _gate;
    private volatile VcpuBinding? _binding;
    private volatile PStateTable _table;
    private volatile bool _pinned = true;
    private volatile bool _stranded;
    private volatile bool _lapses;
    private volatile bool _stands;
    private ulong _last; // LastDecision
    private ulong _lastCall;
    private ulong _lastLapsing;
    private Coming? _coming;

    internal VcpuService(string guest, int vcpu, GuestBudget budget, NoteLimiter? notes, PStateTable table)
    {
        _guest = guest;
        _vcpu = vcpu;
        _budget = budget;
        _notes = notes;
        _table = table;
        Lapsing = new LapsingCalls(this);
    }

    /// <inheritdoc/>
    public PStateTable PStates => _table;

    /// <inheritdoc/>
    public bool Granted => _binding is { Granted: true } && _pinned;

    /// <inheritdoc/>
    public bool Emulated { get; internal set; }

    /// <summary>Name of its guest.</summary>
    public string Guest => _guest;

    /// <summary>Number of the vCPU in its guest.</summary>
    public int Vcpu => _vcpu;

    /// <summary>Calls so far.</summary>
    public CallCounters Counters => _counters;

    /// <summary>P-state this vCPU wishes; null for none.</summary>
    public int? Wish => _binding is { Seat.Wish: not Seat.NoWish and int wish } ? wish : null;

    /// <summary>
    /// The same calls as a channel makes them whose guest repeats its wish: a wish that came by it lapses after <see cref="VcpuBinding.LapseTicks"/> without one.
    /// </summary>
    public IFrequencyService Lapsing { get; }

    /// <summary>True while a wish is in force that came by <see cref="Lapsing"/>.</summary>
    public bool HasLapsingWish => _lapses && Wish is not null;

    /// <summary>What the policy in force makes of it; null when it says nothing of this vCPU, or its pCPU cannot be used.</summary>
    internal VcpuBinding? Binding => _binding;

    /// <summary>True while the policy names it on a pCPU that cannot be used: all its calls fail.</summary>
    internal bool IsStranded
    {
        get => _stranded;
        set => _stranded = value;
    }

    /// <inheritdoc/>
    public FrequencyReply Answer(int vcpu, FrequencyCall call, ulong tsc) => Answer(vcpu, call, tsc, ref _lastCall, lapses: false);

    internal FrequencyReply AnswerLapsing(int vcpu, FrequencyCall call, ulong tsc) => Answer(vcpu, call, tsc, ref _lastLapsing, lapses: true);

    /// <summary>
    /// Decides a request that came over a channel without answers. Its wish stands, however silent the vCPU is; and where it does not get what it asked for, the
    /// audit says that its guest believes it did.
    /// </summary>
    internal FrequencyReply AnswerStanding(FrequencyCall call, ulong tsc) => Answer(_vcpu, call, tsc, ref _lastCall, lapses: false, stands: true);

    private FrequencyReply Answer(int vcpu, FrequencyCall call, ulong tsc, ref ulong last, bool lapses, bool stands = false)
    {
        if (tsc > Volatile.Read(ref last))
        {
            Volatile.Write(ref last, tsc);
        }

        VcpuBinding? binding = _binding;
        int inForce = -1;
        PolicyDecision decision;
        if (_budget.TryPay(tsc))
        {
            binding = Decide(vcpu, call, tsc, out decision, out inForce);
        }
        else
        {
            decision = PolicyDecision.Throttled;
        }

        using (_gate.Enter())
        {
            _counters.Count(call.Op, decision.Result);
            (_lapses, _stands) = decision.Target >= 0 && !decision.Reply.IsError ? (lapses, stands) : (_lapses, _stands);

            // An answered query changed nothing and refused nothing.
            if (decision.Target >= 0 || decision.Reply.IsError)
            {
                Note(binding, call, decision.Result, decision.Reason, inForce, tsc, stands);
            }
        }

        return decision.Reply;
    }

    /// <inheritdoc/>
    public FrequencyReply AnswerUnknown(int vcpu, ulong tsc)
    {
        using (_gate.Enter())
        {
            PolicyDecision decision = _budget.TryPay(tsc) ? PolicyDecision.UnknownCall : PolicyDecision.Throttled;
            _counters.Count((FrequencyOp)HypercallAbi.OpCount, decision.Result);
            Note(_binding, new FrequencyCall((FrequencyOp)HypercallAbi.OpCount), decision.Result, decision.Reason, InForce, tsc);
            return decision.Reply;
        }
    }

    /// <inheritdoc/>
    public int InForce => _binding?.Core.InForce ?? -1;

    /// <summary>Takes the wish back.</summary>
    internal void Withdraw(AuditReason reason, ulong tsc)
    {
        EndKernelGrant(tsc);
        TryTakeUp(tsc, Timeout.InfiniteTimeSpan);
        while (_binding is VcpuBinding binding)
        {
            if (binding.Core.TryWithdraw(binding.Seat, tsc, out bool had, out int inForce))
            {
                if (had)
                {
                    using (_gate.Enter())
                    {
                        Note(binding, default, CallVerdict.Withdrawn, reason, inForce, tsc);
                    }
                }

                return;
            }
        }
    }

    /// <summary>What time brings: a vCPU that is silent or not pinned loses its wish, a policy that came while a call hung is taken up, held back notes are noted.</summary>
    internal void Tick(ulong tsc)
    {
        if (!_pinned && Wish is not null)
        {
            Withdraw(AuditReason.NotPinned, tsc);
        }

        if (_kernel is IKernelGrant grant)
        {
            TickKernelGrant(grant, tsc);
            FlushNotes(tsc);
            return;
        }

        bool lapses = _lapses;
        ulong last = Volatile.Read(ref lapses ? ref _lastLapsing : ref _lastCall);
        if (!_stands && _binding is VcpuBinding binding && tsc > last && tsc - last > (lapses ? binding.LapseTicks : binding.SilenceTicks))
        {
            Withdraw(AuditReason.Silent, tsc);
        }

        FlushNotes(tsc);
    }

    /// <summary>Notes what was held back of the audit.</summary>
    internal void FlushNotes(ulong tsc)
    {
        TryTakeUp(tsc, Patience());
        using (_gate.Enter())
        {
            _notes?.Flush(tsc);
        }
    }

    /// <summary>Says whether the vCPU is pinned, from any thread; the wish of one that is not ends with the next <see cref="Tick"/>.</summary>
    internal void SetPinned(bool pinned) => _pinned = pinned;

    /// <summary>
    /// Puts a new policy in force. A wish stays, within the new bounds, unless the vCPU lost its control or its P-states changed. While a call of
    /// this vCPU hangs in its core's backend, nothing waits for it: the new policy holds with the call's end.
    /// </summary>
    internal void Rebind(VcpuBinding? next, ulong tsc)
    {
        Volatile.Write(ref _coming, new Coming(next));
        TryTakeUp(tsc, Patience());
    }

    /// <returns>Under which policy it was decided.</returns>
    private VcpuBinding? Decide(int vcpu, FrequencyCall call, ulong tsc, out PolicyDecision decision, out int inForce)
    {
        TryTakeUp(tsc, Timeout.InfiniteTimeSpan);
        inForce = -1;
        if (CallMeaning.IsChange(call.Op) && _kernel is { Policy.Control: true })
        {
            decision = PolicyDecision.AnsweredInKernel;
            return _binding;
        }

        while (_binding is VcpuBinding binding)
        {
            if (binding.Core.TryDecide(binding.Seat, binding.Policy, vcpu == _vcpu ? vcpu : -1, call, _pinned, tsc, out decision, out inForce))
            {
                return binding;
            }
        }

        inForce = -1;
        decision = _stranded ? PolicyDecision.BackendFailed : PolicyDecision.Deny(AuditReason.NotGranted);
        return null;
    }

    /// <summary>Takes up the policy that came, between two changes of the core that it may take this vCPU from.</summary>
    /// <returns>False while a call there hangs.</returns>
    private bool TryTakeUp(ulong tsc, TimeSpan patience)
    {
        while (Volatile.Read(ref _coming) is Coming coming)
        {
            if (!KeepsKernelGrant(coming.Binding))
            {
                EndKernelGrant(tsc);
            }

            Core? held = _binding?.Core;
            if (held?.TryHold(patience) == false)
            {
                return false;
            }

            try
            {
                using (_gate.Enter())
                {
                    if (_binding?.Core == held && KeepsKernelGrant(Volatile.Read(ref _coming)?.Binding))
                    {
                        TakeUp(tsc);
                    }
                }
            }
            finally
            {
                held?.LetGo();
            }
        }

        return true;
    }

    // Once for all vCPUs of a core that hangs.
    private TimeSpan Patience() => _binding?.Core.Hangs(s_patience) == true ? TimeSpan.Zero : s_patience;

    // Within the gate, and between two changes of the core.
    private void TakeUp(ulong tsc)
    {
        if (Interlocked.Exchange(ref _coming, null) is not Coming { Binding: var next })
        {
            return;
        }

        VcpuBinding? old = _binding;
        int wish = old?.Seat.Wish ?? Seat.NoWish;
        bool keeps = wish != Seat.NoWish && next is { Granted: true } && next.Table.KHz.SequenceEqual(_table.KHz);
        if (keeps)
        {
            // What was asked for counts: where bounds are wider again, it has it again.
            next!.Seat.Asked = old!.Seat.Asked;
            next.Seat.Wish = next.Table.Clamp(old.Seat.Asked);
        }

        if (old is not null && old.Core == next?.Core)
        {
            old.Core.Replace(old.Seat, next.Seat);
        }
        else
        {
            old?.Core.Replace(old.Seat, null);
            next?.Core.Replace(null, next.Seat);
        }

        _table = next?.Table ?? _table;
        _binding = next;
        if (wish != Seat.NoWish && !keeps)
        {
            Note(next, default, CallVerdict.Withdrawn, next is { Policy.DeniedReason: AuditReason.OperatorDenied } ? AuditReason.OperatorDenied : AuditReason.PolicyChanged, -1, tsc);
        }
    }

    private void Note(VcpuBinding? binding, FrequencyCall call, CallVerdict result, AuditReason reason, int inForce, ulong tsc, bool oneWay = false, bool inKernel = false)
    {
        if (result == CallVerdict.Withdrawn || CallMeaning.IsChange(call.Op))
        {
            Volatile.Write(ref _last, LastDecision.Pack(reason, tsc));
        }

        ReadOnlySpan<uint> kHz = (binding?.Table ?? _table).KHz;
        _notes?.Note(new AuditRecord(
            _guest, _vcpu, binding?.Seat.Pcpu ?? -1, call, result, reason, inForce, (uint)inForce < (uint)kHz.Length ? kHz[inForce] : 0, tsc, OneWay: oneWay, InKernel: inKernel));
    }

    private sealed record Coming(VcpuBinding? Binding);
}
