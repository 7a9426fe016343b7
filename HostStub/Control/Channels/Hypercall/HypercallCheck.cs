namespace PollScale.HostStub.Channels.Hypercall;

/// <summary>Whether a hypercall that the kernel saw is its vCPU's own ring. Pure. Thread and CPU are the kernel's word; the sequence is the guest's.</summary>
internal static class HypercallCheck
{
    /// <summary>Rings that may be on their way while newer requests replace theirs.</summary>
    public const uint MostOvertaken = 64;

    /// <summary>Judges a record.</summary>
    /// <param name="thread">Thread that the kernel saw.</param>
    /// <param name="cpu">CPU that the kernel saw it on.</param>
    /// <param name="sequence">What the guest had in rcx.</param>
    /// <param name="ownThread">The vCPU's thread.</param>
    /// <param name="ownCpu">The vCPU's pCPU.</param>
    /// <param name="inSlot">Sequence of the request in the vCPU's slot; 0 for none.</param>
    public static HypercallVerdict Judge(int thread, int cpu, ulong sequence, int ownThread, int ownCpu, uint inSlot)
    {
        if (thread != ownThread)
        {
            return HypercallVerdict.WrongThread;
        }

        if (sequence != inSlot || inSlot == 0)
        {
            bool isOlder = sequence <= uint.MaxValue && inSlot != 0 && unchecked(inSlot - (uint)sequence) is > 0 and <= MostOvertaken;
            return isOlder || sequence == 0 ? HypercallVerdict.Overtaken : HypercallVerdict.WrongSlot;
        }

        return cpu == ownCpu ? HypercallVerdict.Rings : HypercallVerdict.WrongCpu;
    }
}
