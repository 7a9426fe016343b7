using PollScale.Clock;
using PollScale.Hypercall;

namespace PollScale.HostStub.Policy.Cores;

/// <content>
/// Calls that the host's kernel answers by the compiled policy. While they are, no other way changes this vCPU's P-state: it has one wish, and the kernel has it.
/// A grant is of one policy, and ends with what ends the wish.
/// </content>
internal sealed partial class VcpuService
{
    private volatile IKernelGrant? _kernel;
    private volatile bool _clockWent;

    /// <summary>The host's kernel answers its calls now.</summary>
    public bool IsAnsweredInKernel => _kernel is not null;

    /// <summary>What the kernel may be granted for it now; null for nothing: no policy wants it, the vCPU is not pinned, or it is granted already.</summary>
    internal VcpuBinding? Grantable => _kernel is null && _pinned && Volatile.Read(ref _coming) is null && _binding is { Compiled: not null } binding && !binding.Core.IsTaken ? binding : null;

    /// <summary>Why nothing may be granted for it now, with what to do.</summary>
    internal string WhyNotGrantable => _binding is not VcpuBinding binding ? "its pCPU cannot be used now."
        : binding.Uncompiled is string uncompiled ? uncompiled
        : !_pinned ? $"{AuditReasonText.Of(AuditReason.NotPinned)}."
        : binding.Core.IsTaken ? "another program, or the kernel, has taken the clock of its pCPU; it is granted when that is back."
        : "its policy is being changed.";

    /// <summary>Takes a grant that is in force, until <see cref="EndKernelGrant"/>.</summary>
    /// <returns>False where what was granted is not the policy any more: the caller ends it.</returns>
    internal bool TryTakeGrant(IKernelGrant grant, ulong tsc)
    {
        VcpuBinding? binding = Grantable;
        if (binding is null || !binding.Core.TryHold(s_patience))
        {
            return false;
        }

        try
        {
            if (Grantable != binding || !binding.Compiled!.IsSame(grant.Policy))
            {
                return false;
            }

            bool hasAsked = HasAsked(grant);
            if (grant.Policy.Control && !binding.Core.TryLend(settle: !hasAsked, tsc))
            {
                return false;
            }

            if (grant.Policy.Control && !hasAsked && HasAsked(grant))
            {
                binding.Core.Return(); // what was set here may be older than what the kernel set meanwhile
                return false;
            }

            _clockWent = false;
            _kernel = grant;
            return true;
        }
        finally
        {
            binding.Core.LetGo();
        }
    }

    /// <summary>Ends the grant, if there is one. The wish stays, and is the daemon's again.</summary>
    internal void EndKernelGrant(ulong tsc)
    {
        if (Interlocked.Exchange(ref _kernel, null) is not IKernelGrant grant)
        {
            return;
        }

        KernelGrantState? last = grant.Look();
        grant.End();
        if (grant.Policy.Control && _binding is VcpuBinding binding)
        {
            MirrorWish(binding, last, tsc);
            binding.Core.Return();
        }
    }

    /// <summary>Counts and notes a call that the kernel answered.</summary>
    internal void NoteKernelCall(in KernelCall done)
    {
        VcpuBinding? binding = _binding;
        int pState = binding is not null && done.KHz != 0 ? binding.Table.Nearest(done.KHz) : -1;
        bool changed = CallMeaning.IsChange(done.Call.Op) && done.Result is CallVerdict.Granted or CallVerdict.Clamped or CallVerdict.Unchanged;
        if (changed && _kernel is not null)
        {
            binding?.Core.Mirror(binding.Seat, null, done.KHz, TscClock.Now);
        }

        _clockWent |= done.Result == CallVerdict.Unsupported;
        using (_gate.Enter())
        {
            (_lapses, _stands) = changed ? (false, false) : (_lapses, _stands);
            _counters.Count(done.Call.Op, done.Result);
            Note(binding, done.Call, done.Result, done.Reason, pState, done.Tsc, inKernel: true);
        }
    }

    /// <summary>Makes a call true that was answered by the compiled policy, within the bounds in force now; counts and notes it.</summary>
    /// <returns>What came of it: another decision than was answered where the policy or the pCPU is another by now.</returns>
    internal PolicyDecision MakeTrue(FrequencyCall call, in PolicyDecision answered, ulong tsc)
    {
        HeardLapsing(tsc);
        call = CallMeaning.IsKnown(call.Op) ? call : new FrequencyCall((FrequencyOp)HypercallAbi.OpCount);
        VcpuBinding? binding = _binding;
        PolicyDecision made = answered;
        int inForce = InForce;
        if (answered.Target >= 0)
        {
            // What was granted counts, not how it was asked for: a step is not taken twice.
            binding = Decide(_vcpu, new FrequencyCall(FrequencyOp.SetPState, answered.Target), tsc, out made, out inForce);
            made = made.Target == answered.Target && made.Reply == answered.Reply ? answered : made;
        }

        using (_gate.Enter())
        {
            _counters.Count(call.Op, made.Result);
            (_lapses, _stands) = made.Target >= 0 && !made.Reply.IsError ? (true, false) : (_lapses, _stands);
            Note(binding, call, made.Result, made.Reason, inForce, tsc, inKernel: true);
        }

        return made;
    }

    /// <summary>The vCPU has called by a channel whose guest repeats its wish.</summary>
    internal void HeardLapsing(ulong tsc)
    {
        if (tsc > Volatile.Read(ref _lastLapsing))
        {
            Volatile.Write(ref _lastLapsing, tsc);
        }
    }

    private static bool HasAsked(IKernelGrant grant) => grant.Look() is { Wish: not Seat.NoWish };

    private bool KeepsKernelGrant(VcpuBinding? next) =>
        _kernel is not IKernelGrant grant || (next is not null && next.Core == _binding?.Core && grant.Policy.IsSame(next.Compiled));

    // The wish of one who asked otherwise before stands until the first change that the kernel grants.
    private static void MirrorWish(VcpuBinding binding, KernelGrantState? state, ulong tsc) =>
        binding.Core.Mirror(binding.Seat, state is { Wish: not Seat.NoWish and int wish } ? wish : null, 0, tsc);

    private void TickKernelGrant(IKernelGrant grant, ulong tsc)
    {
        if (grant.Look() is not KernelGrantState state)
        {
            if (_kernel == grant) // else this host has just ended it
            {
                Withdraw(AuditReason.GuestGone, tsc);
            }

            return;
        }

        if (!grant.Policy.Control || _binding is not VcpuBinding binding)
        {
            return;
        }

        MirrorWish(binding, state, tsc);
        bool taken = binding.Core.IsTaken;
        _clockWent |= taken;
        if (_clockWent && !taken)
        {
            EndKernelGrant(tsc); // the wish is applied again here, and a clock that was made anew only another grant finds
        }
        else if (Wish is not null && IsSilent(binding, state, tsc) && grant.TryRest(state, binding.Core.RestKHz))
        {
            binding.Core.Mirror(binding.Seat, Seat.NoWish, binding.Core.RestKHz, tsc);
            using (_gate.Enter())
            {
                Note(binding, default, CallVerdict.Withdrawn, AuditReason.Silent, InForce, tsc);
            }
        }
    }

    private bool IsSilent(VcpuBinding binding, in KernelGrantState state, ulong tsc)
    {
        bool lapses = _lapses;
        ulong limit = lapses ? binding.LapseTicks : binding.SilenceTicks, last = Volatile.Read(ref lapses ? ref _lastLapsing : ref _lastCall);
        return tsc > last && tsc - last > limit && (state.LastCallNs == 0 || TscClock.FromNanoseconds(state.SilentNs) > limit);
    }
}
