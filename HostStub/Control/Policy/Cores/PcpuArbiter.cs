using PollScale.Hypercall;

namespace PollScale.HostStub.Policy.Cores;

/// <summary>
/// Which P-state a core runs at when several vCPUs wish one: SMT siblings share a clock, so it is the fastest of all wishes on any of
/// the core's pCPUs, and the fastest of their rests while there is no wish at all. Pure: no clock, no state, no allocation.
/// </summary>
internal static class PcpuArbiter
{
    /// <summary>No P-state: the core stays as it is.</summary>
    public const int Keep = -1;

    /// <summary>The core's P-state, or <see cref="Keep"/>.</summary>
    /// <param name="seats">The vCPUs on the core, each wish within its guest's bounds.</param>
    /// <param name="rests">P-state or <see cref="Keep"/> of each pCPU of the core.</param>
    public static int Target(ReadOnlySpan<Seat> seats, ReadOnlySpan<int> rests)
    {
        int target = Keep;
        foreach (Seat seat in seats)
        {
            target = Faster(target, seat.Wish);
        }

        if (target == Keep)
        {
            foreach (int rest in rests)
            {
                target = Faster(target, rest);
            }
        }

        return target;
    }

    /// <summary>What to tell the vCPU whose wish was just put in: the P-state the core really has.</summary>
    /// <param name="decision">What policy decided for that vCPU alone.</param>
    /// <param name="seats">The vCPUs on the core, with the new wish.</param>
    /// <param name="own">That vCPU's seat.</param>
    /// <param name="target">The P-state of all wishes.</param>
    /// <param name="inForce">The core's P-state.</param>
    public static PolicyDecision Settle(in PolicyDecision decision, ReadOnlySpan<Seat> seats, Seat own, int target, int inForce)
    {
        if (inForce == decision.Target)
        {
            return decision;
        }

        return decision with { Result = CallVerdict.Clamped, Reason = WhyOther(seats, own, target, inForce), Reply = new FrequencyReply(inForce) };
    }

    /// <summary>Why the core has another P-state than a vCPU wishes.</summary>
    /// <param name="seats">The vCPUs on the core.</param>
    /// <param name="own">That vCPU's seat.</param>
    /// <param name="target">The P-state of all wishes.</param>
    /// <param name="inForce">The core's P-state.</param>
    public static AuditReason WhyOther(ReadOnlySpan<Seat> seats, Seat own, int target, int inForce)
    {
        AuditReason reason = inForce == target ? AuditReason.SiblingFaster : AuditReason.KernelLimit;
        foreach (Seat seat in seats)
        {
            if (inForce == target && seat.Wish == target && seat.Pcpu == own.Pcpu)
            {
                reason = AuditReason.SharedPcpu;
            }
        }

        return reason;
    }

    private static int Faster(int a, int b) => a == Keep ? b : b == Keep ? a : Math.Min(a, b);
}
