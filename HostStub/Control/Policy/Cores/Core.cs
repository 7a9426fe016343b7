using System.Runtime.CompilerServices;
using PollScale.Clock;
using PollScale.HostStub.Frequency;
using PollScale.Hypercall;

namespace PollScale.HostStub.Policy.Cores;

/// <summary>
/// The pCPUs that share a clock, the vCPUs on them, and one P-state for all. Any thread may call. Changes are made one after the other, for a wish must
/// reach the backends in the order in which it was decided, and one that fails is taken back before the next: a lock of this core alone is held
/// meanwhile, however long a backend's files take. Whoever waits for it sleeps. What has no need of the backends (queries, refusals, <see cref="Shape"/>,
/// <see cref="Replace"/>, <see cref="InForce"/>) does not wait for it.
/// </summary>
internal sealed partial class Core
{
    /// <summary>pCPUs a core may have; no processor has more than 8 threads a core.</summary>
    public const int MaxPcpus = 64;

    private readonly Lock _applying = new();
    private volatile Parts _parts = new([], [], [], [], []);
    private ulong _workingSince; // TSC
    private volatile bool _renew;

    /// <summary>The core's P-state. Siblings share the clock, so it is the fastest that was asked for.</summary>
    public int InForce => Fastest(_parts.Backends);

    /// <summary>True while its backends do something.</summary>
    public bool IsWorking => Volatile.Read(ref _workingSince) != 0;

    /// <summary>True when its backends have been at work for so long that they hang.</summary>
    public bool Hangs(TimeSpan after) => Volatile.Read(ref _workingSince) is > 0 and ulong since && TscClock.Now is ulong now && now > since && now - since > TscClock.Frequency.FromTimeSpan(after);

    /// <summary>False after a <see cref="Reconcile"/> in which a backend failed, and before the first one.</summary>
    public bool IsSettled { get; private set; }

    /// <summary>Replaces its pCPUs; nothing is applied before <see cref="Reconcile"/>.</summary>
    public void Shape(IReadOnlyList<ManagedPcpu> pCpus)
    {
        IFrequencyBackend[] backends = [.. pCpus.Select(p => p.Backend)];
        int[] rests = [.. pCpus.Select(p => p.Rest)];
        PStateTable[] tables = [.. pCpus.Select(p => p.Table)];
        int[] numbers = [.. pCpus.Select(p => p.Number)];
        Change(parts => parts with { Numbers = numbers, Backends = backends, Tables = tables, Rests = rests });
    }

    /// <summary>Lets the next <see cref="Reconcile"/> look at all that it else looks at from time to time, and take control again that was lost.</summary>
    public void Renew() => _renew = true;

    /// <summary>Takes a seat away, puts one in, or both at once; nothing is applied before <see cref="Reconcile"/>.</summary>
    public void Replace(Seat? leaving, Seat? coming) =>
        Change(parts => parts with { Seats = [.. parts.Seats.Where(seat => seat != leaving), .. coming is null ? Array.Empty<Seat>() : [coming]] });

    /// <summary>True when no call is at work: none uses any more what <see cref="Shape"/> took away before.</summary>
    public bool IsIdle()
    {
        bool idle = TryHold(TimeSpan.Zero);
        if (idle)
        {
            LetGo();
        }

        return idle;
    }

    /// <summary>Keeps changes from being made until <see cref="LetGo"/>, on the same thread.</summary>
    /// <param name="patience">Longest wait for one that is being made.</param>
    /// <returns>False when it took longer.</returns>
    public bool TryHold(TimeSpan patience) => _applying.TryEnter(patience);

    /// <summary>Ends <see cref="TryHold"/>.</summary>
    public void LetGo() => _applying.Exit();

    /// <summary>Decides a call and applies it. A refusal or a failure leaves wish and P-state as they were.</summary>
    /// <param name="seat">The calling vCPU's seat.</param>
    /// <param name="policy">Its guest's policy.</param>
    /// <param name="vcpu">The vCPU that exited.</param>
    /// <param name="call">The call.</param>
    /// <param name="pinned">Whether the vCPU is pinned.</param>
    /// <param name="tsc">TSC now.</param>
    /// <param name="decision">What was decided.</param>
    /// <param name="inForce">The core's P-state afterwards.</param>
    /// <returns>False when the vCPU was given another seat meanwhile; nothing was done.</returns>
    public bool TryDecide(Seat seat, FrequencyPolicy policy, int vcpu, FrequencyCall call, bool pinned, ulong tsc, out PolicyDecision decision, out int inForce)
    {
        if (!CallMeaning.IsChange(call.Op) || !policy.Allows(vcpu, call, pinned))
        {
            decision = IsShaped(_parts, out inForce) ? policy.Decide(Request(seat, vcpu, call, pinned, inForce)) : PolicyDecision.BackendFailed;
            return true;
        }

        lock (_applying)
        {
            TakeBack(tsc);

            // Before this one another change may have moved what a step counts from: it is decided here.
            Parts parts = _parts;
            decision = IsShaped(parts, out inForce) ? policy.Change(Request(seat, vcpu, call, pinned, inForce)) : PolicyDecision.BackendFailed;
            if (!Has(parts, seat))
            {
                return false;
            }

            if (decision.Target < 0)
            {
                return true;
            }

            (int before, int asked) = (seat.Wish, seat.Asked);
            seat.Asked = decision.Result == CallVerdict.Clamped ? Asked(seat, policy.Table, call, inForce) : decision.Target;
            seat.Wish = decision.Target;
            int target = PcpuArbiter.Target(parts.Seats, parts.Rests);
            if (!TryApply(parts.Backends, target, tsc))
            {
                (seat.Wish, seat.Asked) = (before, asked);
                decision = PolicyDecision.BackendFailed;
                return true;
            }

            // A real kernel may grant another P-state than asked: the reply tells what it did.
            inForce = Fastest(parts.Backends);
            if (inForce != decision.Target)
            {
                decision = PcpuArbiter.Settle(decision, parts.Seats, seat, target, inForce);
            }

            return true;
        }
    }

    /// <summary>Takes a wish back; the core goes to what remains.</summary>
    /// <param name="seat">The vCPU's seat.</param>
    /// <param name="tsc">TSC now.</param>
    /// <param name="had">False when there was no wish.</param>
    /// <param name="inForce">The core's P-state afterwards.</param>
    /// <returns>False when the vCPU was given another seat meanwhile; nothing was done.</returns>
    public bool TryWithdraw(Seat seat, ulong tsc, out bool had, out int inForce)
    {
        lock (_applying)
        {
            TakeBack(tsc);
            had = seat.Wish != Seat.NoWish;
            inForce = InForce;
            if (!Has(_parts, seat))
            {
                return false;
            }

            seat.Wish = Seat.NoWish;
            if (had)
            {
                // Where this fails, the next Reconcile tries again.
                ApplyTarget(tsc);
                inForce = InForce;
            }

            return true;
        }
    }

    /// <summary>Applies what the wishes and rests say where the backends have something else.</summary>
    /// <returns>False when a backend failed.</returns>
    public bool Reconcile(ulong tsc)
    {
        lock (_applying)
        {
            try
            {
                Volatile.Write(ref _workingSince, TscClock.Now);
                TakeBack(tsc);
                bool polled = true, renew = _renew;
                _renew = false;
                foreach (IFrequencyBackend backend in _parts.Backends)
                {
                    polled &= TryPoll(backend, renew, tsc);
                }

                return IsSettled = ApplyTarget(tsc) && polled;
            }
            finally
            {
                Volatile.Write(ref _workingSince, 0);
            }
        }
    }

    private static int Fastest(IFrequencyBackend[] backends)
    {
        int fastest = int.MaxValue;
        foreach (IFrequencyBackend backend in backends)
        {
            fastest = Math.Min(fastest, backend.Requested);
        }

        return fastest == int.MaxValue ? 0 : fastest;
    }

    // Inlined, as are the policy's Allows and Change: to pass and return these structures costs a call more than to fill them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static GuestRequest Request(Seat seat, int vcpu, FrequencyCall call, bool pinned, int inForce) =>
        new(vcpu, call, inForce, seat.Wish is not Seat.NoWish and int wish ? wish : inForce, pinned);

    private static int Asked(Seat seat, PStateTable table, FrequencyCall call, int inForce) =>
        (int)Math.Clamp(CallMeaning.Asked(call, table, seat.Wish == Seat.NoWish ? inForce : seat.Wish), 0, table.Count - 1);

    private static bool Has(Parts parts, Seat seat)
    {
        foreach (Seat one in parts.Seats)
        {
            if (one == seat)
            {
                return true;
            }
        }

        return false;
    }

    private void Change(Func<Parts, Parts> change)
    {
        Parts before;
        do
        {
            before = _parts;
        }
        while (Interlocked.CompareExchange(ref _parts, change(before), before) != before);
    }

    private bool TrySet(IFrequencyBackend backend, int index, ulong tsc)
    {
        Volatile.Write(ref _workingSince, TscClock.Now);
        try
        {
            return backend.TrySet(index, tsc);
        }
        catch (Exception)
        {
            // A backend that throws has failed; the guest's call must still be answered.
            return false;
        }
        finally
        {
            Volatile.Write(ref _workingSince, 0);
        }
    }

    private static bool TryPoll(IFrequencyBackend backend, bool renew, ulong tsc)
    {
        try
        {
            if (renew)
            {
                backend.Renew(tsc);
            }
            else
            {
                backend.Poll(tsc);
            }

            return true;
        }
        catch (Exception)
        {
            return false; // as one that throws when it is set
        }
    }

    private bool ApplyTarget(ulong tsc)
    {
        Parts parts = _parts;
        int target = PcpuArbiter.Target(parts.Seats, parts.Rests);
        return _lent || target == PcpuArbiter.Keep || IsInForce(parts, target) || (!IsLost(parts) && IsShaped(parts, out _) && TryApply(parts.Backends, target, tsc));
    }

    // Backends look at what is in force whenever they are polled, so their word is good enough between two calls of guests.
    private static bool IsInForce(Parts parts, int target)
    {
        foreach (IFrequencyBackend backend in parts.Backends)
        {
            if (backend.Requested != target)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsLost(Parts parts)
    {
        foreach (IFrequencyBackend backend in parts.Backends)
        {
            if (backend.IsLost)
            {
                return true;
            }
        }

        return false;
    }

    // Indices of wishes and rests mean nothing in another table, as after a change of driver: until the policy is put in force anew nothing is applied.
    // One look at each backend for this and for what is in force: every call needs both.
    private static bool IsShaped(Parts parts, out int inForce)
    {
        ReadOnlySpan<IFrequencyBackend> backends = parts.Backends;
        ReadOnlySpan<PStateTable> tables = parts.Tables;
        bool shaped = true;
        int fastest = int.MaxValue;
        for (int i = 0; i < backends.Length; i++)
        {
            IFrequencyBackend backend = backends[i];
            fastest = Math.Min(fastest, backend.Requested);
            PStateTable now = backend.PStates;
            if (!ReferenceEquals(now, tables[i]) && !now.KHz.SequenceEqual(tables[i].KHz))
            {
                shaped = false;
            }
        }

        inForce = fastest == int.MaxValue ? 0 : fastest;
        return shaped;
    }

    // All pCPUs of the core, or none.
    private bool TryApply(ReadOnlySpan<IFrequencyBackend> backends, int target, ulong tsc)
    {
        if (backends.IsEmpty)
        {
            return true;
        }

        IFrequencyBackend backend = backends[0];
        int before = backend.Requested;
        if (TrySet(backend, target, tsc) && (backends.Length == 1 || TryApply(backends[1..], target, tsc)))
        {
            return true;
        }

        _ = backend.Requested == before || TrySet(backend, before, tsc);
        return false;
    }

    private sealed record Parts(Seat[] Seats, int[] Numbers, IFrequencyBackend[] Backends, PStateTable[] Tables, int[] Rests);
}
