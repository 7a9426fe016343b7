using PollScale.HostStub.Frequency;
using PollScale.Hypercall;

namespace PollScale.HostStub.Policy.Cores;

/// <summary>
/// The pCPUs that share a clock, the vCPUs on them, and one P-state for all. Any thread may call. Changes are made one after the other, for a wish must
/// reach the backends in the order in which it was decided, and one that fails is taken back before the next: a lock of this core alone is held
/// meanwhile, however long a backend's files take. Whoever waits for it sleeps. What has no need of the backends (queries, refusals, <see cref="Shape"/>,
/// <see cref="Replace"/>, <see cref="InForce"/>) does not wait for it.
/// </summary>
internal sealed class Core
{
    /// <summary>pCPUs a core may have; no processor has more than 8 threads a core.</summary>
    public const int MaxPcpus = 64;

    private readonly Lock _applying = new();
    private volatile Parts _parts = new([], [], [], []);
    private long _workingSince;
    private volatile bool _renew;

    /// <summary>The core's P-state. Siblings share the clock, so it is the fastest that was asked for.</summary>
    public int InForce
    {
        get
        {
            int fastest = int.MaxValue;
            foreach (IFrequencyBackend backend in _parts.Backends)
            {
                fastest = Math.Min(fastest, backend.Requested);
            }

            return fastest == int.MaxValue ? 0 : fastest;
        }
    }

    /// <summary>When its backends began what they are doing, in ms of <see cref="Environment.TickCount64"/>; 0 while they do nothing.</summary>
    public long WorkingSince => Volatile.Read(ref _workingSince);

    /// <summary>True when its backends have been at work for so long that they hang.</summary>
    public bool Hangs(TimeSpan after) => WorkingSince is > 0 and long since && Environment.TickCount64 - since > after.TotalMilliseconds;

    /// <summary>False after a <see cref="Reconcile"/> in which a backend failed, and before the first one.</summary>
    public bool IsSettled { get; private set; }

    /// <summary>Replaces its pCPUs; nothing is applied before <see cref="Reconcile"/>.</summary>
    public void Shape(IReadOnlyList<ManagedPcpu> pCpus)
    {
        IFrequencyBackend[] backends = [.. pCpus.Select(p => p.Backend)];
        int[] rests = [.. pCpus.Select(p => p.Rest)];
        PStateTable[] tables = [.. pCpus.Select(p => p.Table)];
        Change(parts => parts with { Backends = backends, Tables = tables, Rests = rests });
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
        decision = Decide(_parts, seat, policy, vcpu, call, pinned, out inForce);
        if (decision.Target < 0)
        {
            return true;
        }

        lock (_applying)
        {
            Parts parts = _parts;
            if (Array.IndexOf(parts.Seats, seat) < 0)
            {
                return false;
            }

            // Again: a change before this one may have moved what a step counts from.
            decision = Decide(parts, seat, policy, vcpu, call, pinned, out inForce);
            if (decision.Target >= 0)
            {
                decision = Apply(parts, seat, decision, tsc);
                inForce = decision.Result == CallVerdict.BackendFailed ? inForce : InForce;
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
            had = seat.Wish != Seat.NoWish;
            inForce = InForce;
            if (Array.IndexOf(_parts.Seats, seat) < 0)
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
                Volatile.Write(ref _workingSince, Environment.TickCount64);
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

    private PolicyDecision Decide(Parts parts, Seat seat, FrequencyPolicy policy, int vcpu, FrequencyCall call, bool pinned, out int inForce)
    {
        inForce = InForce;
        int wish = seat.Wish;
        return IsShaped(parts) ? policy.Decide(new GuestRequest(vcpu, call, inForce, wish == Seat.NoWish ? inForce : wish, pinned)) : PolicyDecision.BackendFailed;
    }

    private PolicyDecision Apply(Parts parts, Seat seat, in PolicyDecision decision, ulong tsc)
    {
        int before = seat.Wish;
        seat.Wish = decision.Target;
        int target = PcpuArbiter.Target(parts.Seats, parts.Rests);
        if (!TryApply(parts, target, tsc))
        {
            seat.Wish = before;
            return PolicyDecision.BackendFailed;
        }

        // A real kernel may grant another P-state than asked: the reply tells what it did.
        return PcpuArbiter.Settle(decision, parts.Seats, seat, target, InForce);
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
        Volatile.Write(ref _workingSince, Environment.TickCount64);
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
        return target == PcpuArbiter.Keep || IsInForce(parts, target) || (!IsLost(parts) && IsShaped(parts) && TryApply(parts, target, tsc));
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
    private static bool IsShaped(Parts parts)
    {
        for (int i = 0; i < parts.Backends.Length; i++)
        {
            PStateTable now = parts.Backends[i].PStates;
            if (!ReferenceEquals(now, parts.Tables[i]) && !now.KHz.SequenceEqual(parts.Tables[i].KHz))
            {
                return false;
            }
        }

        return true;
    }

    // All pCPUs of the core, or none.
    private bool TryApply(Parts parts, int target, ulong tsc)
    {
        Span<int> before = stackalloc int[MaxPcpus];
        IFrequencyBackend[] backends = parts.Backends;
        for (int i = 0; i < backends.Length; i++)
        {
            before[i] = backends[i].Requested;
            if (!TrySet(backends[i], target, tsc))
            {
                for (int done = 0; done <= i; done++)
                {
                    _ = backends[done].Requested == before[done] || TrySet(backends[done], before[done], tsc);
                }

                return false;
            }
        }

        return true;
    }

    private sealed record Parts(Seat[] Seats, IFrequencyBackend[] Backends, PStateTable[] Tables, int[] Rests);
}
