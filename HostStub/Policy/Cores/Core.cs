using PollScale.HostStub.Frequency;
using PollScale.Hypercall;

namespace PollScale.HostStub.Policy.Cores;

/// <summary>
/// The pCPUs that share a clock, the vCPUs on them, and one P-state for all. Any thread may call: a spin lock guards it, because a
/// Monitor allocates under contention.
/// </summary>
internal sealed class Core
{
    /// <summary>pCPUs a core may have; no processor has more than 8 threads a core.</summary>
    public const int MaxPcpus = 64;

    private SpinLock _lock = new(enableThreadOwnerTracking: false);
    private Seat[] _seats = [];
    private IFrequencyBackend[] _backends = [];
    private PStateTable[] _tables = [];
    private int[] _rests = [];

    /// <summary>The core's P-state.</summary>
    public int InForce
    {
        get
        {
            bool taken = false;
            try
            {
                _lock.Enter(ref taken);
                return Fastest();
            }
            finally
            {
                Exit(taken);
            }
        }
    }

    /// <summary>Replaces its pCPUs; nothing is applied before <see cref="Reconcile"/>.</summary>
    public void Shape(IReadOnlyList<ManagedPcpu> pCpus)
    {
        IFrequencyBackend[] backends = [.. pCpus.Select(p => p.Backend)];
        int[] rests = [.. pCpus.Select(p => p.Rest)];
        PStateTable[] tables = [.. pCpus.Select(p => p.Backend.PStates)];
        bool taken = false;
        try
        {
            _lock.Enter(ref taken);
            (_backends, _rests, _tables) = (backends, rests, tables);
        }
        finally
        {
            Exit(taken);
        }
    }

    /// <summary>Takes a seat away, puts one in, or both at once; nothing is applied before <see cref="Reconcile"/>.</summary>
    public void Replace(Seat? leaving, Seat? coming)
    {
        bool taken = false;
        try
        {
            _lock.Enter(ref taken);
            _seats = [.. _seats.Where(seat => seat != leaving), .. coming is null ? Array.Empty<Seat>() : [coming]];
        }
        finally
        {
            Exit(taken);
        }
    }

    /// <summary>Decides a call and applies it. A refusal or a failure leaves wish and P-state as they were.</summary>
    /// <param name="seat">The calling vCPU's seat.</param>
    /// <param name="policy">Its guest's policy.</param>
    /// <param name="vcpu">The vCPU that exited.</param>
    /// <param name="call">The call.</param>
    /// <param name="pinned">Whether the vCPU is pinned.</param>
    /// <param name="tsc">TSC now.</param>
    /// <param name="inForce">The core's P-state afterwards.</param>
    public PolicyDecision Decide(Seat seat, FrequencyPolicy policy, int vcpu, FrequencyCall call, bool pinned, ulong tsc, out int inForce)
    {
        bool taken = false;
        try
        {
            _lock.Enter(ref taken);
            inForce = Fastest();
            if (!IsShaped())
            {
                return PolicyDecision.BackendFailed;
            }

            int before = seat.Wish;
            PolicyDecision decision = policy.Decide(new GuestRequest(vcpu, call, inForce, before == Seat.NoWish ? inForce : before, pinned));
            if (decision.Target < 0)
            {
                return decision;
            }

            seat.Wish = decision.Target;
            int target = PcpuArbiter.Target(_seats, _rests);
            if (!TryApply(target, tsc))
            {
                seat.Wish = before;
                return PolicyDecision.BackendFailed;
            }

            // A real kernel may grant another P-state than asked: the reply tells what it did.
            inForce = Fastest();
            return PcpuArbiter.Settle(decision, _seats, seat, target, inForce);
        }
        finally
        {
            Exit(taken);
        }
    }

    /// <summary>Takes a wish back; the core goes to what remains.</summary>
    /// <returns>False when there was no wish.</returns>
    public bool Withdraw(Seat seat, ulong tsc, out int inForce)
    {
        bool taken = false;
        try
        {
            _lock.Enter(ref taken);
            bool had = seat.Wish != Seat.NoWish;
            seat.Wish = Seat.NoWish;
            if (had)
            {
                // Where this fails, the next Reconcile tries again.
                ApplyTarget(tsc);
            }

            inForce = Fastest();
            return had;
        }
        finally
        {
            Exit(taken);
        }
    }

    /// <summary>Applies what the wishes and rests say where the backends have something else.</summary>
    /// <returns>False when a backend failed.</returns>
    public bool Reconcile(ulong tsc)
    {
        bool taken = false;
        try
        {
            _lock.Enter(ref taken);
            foreach (IFrequencyBackend backend in _backends)
            {
                backend.Poll(tsc);
            }

            return ApplyTarget(tsc);
        }
        finally
        {
            Exit(taken);
        }
    }

    private static bool TrySet(IFrequencyBackend backend, int index, ulong tsc)
    {
        try
        {
            return backend.TrySet(index, tsc);
        }
        catch (Exception)
        {
            // A backend that throws has failed; the guest's call must still be answered.
            return false;
        }
    }

    private bool ApplyTarget(ulong tsc)
    {
        int target = PcpuArbiter.Target(_seats, _rests);
        return target == PcpuArbiter.Keep || IsInForce(target) || (!IsLost() && IsShaped() && TryApply(target, tsc));
    }

    // Backends look at what is in force whenever they are polled, so their word is good enough between two calls of guests.
    private bool IsInForce(int target)
    {
        foreach (IFrequencyBackend backend in _backends)
        {
            if (backend.Requested != target)
            {
                return false;
            }
        }

        return true;
    }

    private bool IsLost()
    {
        foreach (IFrequencyBackend backend in _backends)
        {
            if (backend.IsLost)
            {
                return true;
            }
        }

        return false;
    }

    // Indices of wishes and rests mean nothing in another table, as after a change of driver: until the policy is put in force anew nothing is applied.
    private bool IsShaped()
    {
        for (int i = 0; i < _backends.Length; i++)
        {
            PStateTable now = _backends[i].PStates;
            if (!ReferenceEquals(now, _tables[i]) && !now.KHz.SequenceEqual(_tables[i].KHz))
            {
                return false;
            }
        }

        return true;
    }

    // All pCPUs of the core, or none.
    private bool TryApply(int target, ulong tsc)
    {
        Span<int> before = stackalloc int[MaxPcpus];
        for (int i = 0; i < _backends.Length; i++)
        {
            before[i] = _backends[i].Requested;
            if (!TrySet(_backends[i], target, tsc))
            {
                for (int done = 0; done <= i; done++)
                {
                    _ = _backends[done].Requested == before[done] || TrySet(_backends[done], before[done], tsc);
                }

                return false;
            }
        }

        return true;
    }

    // Siblings share the clock, so the fastest that was asked for is what all of them have.
    private int Fastest()
    {
        int fastest = int.MaxValue;
        foreach (IFrequencyBackend backend in _backends)
        {
            fastest = Math.Min(fastest, backend.Requested);
        }

        return fastest == int.MaxValue ? 0 : fastest;
    }

    private void Exit(bool taken)
    {
        if (taken)
        {
            _lock.Exit(useMemoryBarrier: true);
        }
    }
}
