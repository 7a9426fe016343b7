using PollScale.Hypercall;

namespace PollScale.HostStub.Policy;

/// <summary>Calls by op and result. One writer; readers see each count whole.</summary>
internal sealed class CallCounters
{
    /// <summary>Number of results of calls.</summary>
    public const int Results = (int)CallVerdict.UnknownCall + 1;

    private readonly ulong[] _counts = new ulong[(HypercallAbi.OpCount + 1) * Results];

    /// <summary>Counts a call; an op outside the ABI shares one row.</summary>
    public void Count(FrequencyOp op, CallVerdict result)
    {
        ref ulong count = ref _counts[((int)Math.Min((uint)op, HypercallAbi.OpCount) * Results) + (int)result];
        Volatile.Write(ref count, count + 1);
    }

    /// <summary>Total of all calls; allocates nothing.</summary>
    public ulong Total
    {
        get
        {
            ulong total = 0;
            for (int i = 0; i < _counts.Length; i++)
            {
                total += Volatile.Read(ref _counts[i]);
            }

            return total;
        }
    }

    /// <summary>A copy.</summary>
    public CallCounts Snapshot()
    {
        ulong[] copy = new ulong[_counts.Length];
        for (int i = 0; i < copy.Length; i++)
        {
            copy[i] = Volatile.Read(ref _counts[i]);
        }

        return new CallCounts(copy);
    }
}
