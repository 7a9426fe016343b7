using PollScale.Hypercall;
using PollScale.Native;

namespace PollScale.HostStub.Policy.Cores;

/// <summary>The calls of one vCPU of one guest: budget, policy, core, counters, audit. It lives as long as its <see cref="HostFrequency"/>, whatever policies come.</summary>
/// <remarks>
/// While a core's backend works nothing is held but that core's own lock; the gate of a service, of a budget and of the audit's queue are for a few
/// instructions each, taken in this order and after the core's lock. Every call costs budget, queries and malformed ones too: an exit costs the host the
/// same whatever it asks.
/// </remarks>
internal sealed class VcpuService : IFrequencyService
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
    private ulong _lastCall;
    private Coming? _coming;

    internal VcpuService(string guest, int vcpu, GuestBudget budget, NoteLimiter? notes, PStateTable table)
    {
        _guest = guest;
        _vcpu = vcpu;
        _budget = budget;
        _notes = notes;
        _table = table;
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

    /// <summary>What the policy in force makes of it; null when it says nothing of this vCPU, or its pCPU cannot be used.</summary>
    internal VcpuBinding? Binding => _binding;

    /// <summary>True while the policy names it on a pCPU that cannot be used: all its calls fail.</summary>
    internal bool IsStranded
    {
        get => _stranded;
        set => _stranded = value;
    }

    /// <inheritdoc/>
    public FrequencyReply Answer(int vcpu, FrequencyCall call, ulong tsc)
    {
        if (tsc > Volatile.Read(ref _lastCall))
        {
            Volatile.Write(ref _lastCall, tsc);
        }

        VcpuBinding? binding = _binding;
        int inForce = -1;
        PolicyDecision decision = _budget.TryPay(tsc) ? Decide(vcpu, call, tsc, out binding, out inForce) : PolicyDecision.Throttled;
        using (_gate.Enter())
        {
            _counters.Count(call.Op, decision.Result);

            // An answered query changed nothing and refused nothing.
            if (decision.Target >= 0 || decision.Reply.IsError)
            {
                Note(binding, call, decision.Result, decision.Reason, inForce, tsc);
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

        ulong last = Volatile.Read(ref _lastCall);
        if (_binding is VcpuBinding binding && tsc > last && tsc - last > binding.SilenceTicks)
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

    private PolicyDecision Decide(int vcpu, FrequencyCall call, ulong tsc, out VcpuBinding? binding, out int inForce)
    {
        TryTakeUp(tsc, Timeout.InfiniteTimeSpan);
        inForce = -1;
        while ((binding = _binding) is not null)
        {
            if (binding.Core.TryDecide(binding.Seat, binding.Policy, vcpu == _vcpu ? vcpu : -1, call, _pinned, tsc, out PolicyDecision decision, out inForce))
            {
                return decision;
            }
        }

        return _stranded ? PolicyDecision.BackendFailed : PolicyDecision.Deny(AuditReason.NotGranted);
    }

    /// <summary>Takes up the policy that came, between two changes of the core that it may take this vCPU from.</summary>
    /// <returns>False while a call there hangs.</returns>
    private bool TryTakeUp(ulong tsc, TimeSpan patience)
    {
        while (Volatile.Read(ref _coming) is not null)
        {
            Core? held = _binding?.Core;
            if (held?.TryHold(patience) == false)
            {
                return false;
            }

            try
            {
                using (_gate.Enter())
                {
                    if (_binding?.Core == held)
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
            next!.Seat.Wish = next.Table.Clamp(wish);
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
            Note(next, default, CallVerdict.Withdrawn, AuditReason.PolicyChanged, -1, tsc);
        }
    }

    private void Note(VcpuBinding? binding, FrequencyCall call, CallVerdict result, AuditReason reason, int inForce, ulong tsc)
    {
        PStateTable table = binding?.Table ?? _table;
        uint kHz = (uint)inForce < (uint)table.Count ? table[inForce] : 0;
        _notes?.Note(new AuditRecord(_guest, _vcpu, binding?.Seat.Pcpu ?? -1, call, result, reason, inForce, kHz, tsc));
    }

    private sealed record Coming(VcpuBinding? Binding);
}
