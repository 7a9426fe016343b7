using PollScale.Hypercall;

namespace PollScale.HostStub.Policy;

/// <summary>Calls by op and result, as they were at one moment.</summary>
internal sealed class CallCounts
{
    private readonly ulong[] _counts;

    internal CallCounts(ulong[] counts) => _counts = counts;

    /// <summary>Calls of one op with one result; an op outside the ABI shares one row.</summary>
    public ulong this[FrequencyOp op, CallVerdict result] =>
        _counts[((int)Math.Min((uint)op, HypercallAbi.OpCount) * CallCounters.Results) + (int)result];

    /// <summary>Calls with one result.</summary>
    public ulong this[CallVerdict result]
    {
        get
        {
            ulong sum = 0;
            for (int op = 0; op <= HypercallAbi.OpCount; op++)
            {
                sum += this[(FrequencyOp)op, result];
            }

            return sum;
        }
    }

    /// <summary>All calls.</summary>
    public ulong Total => _counts.Aggregate(0UL, (sum, count) => sum + count);
}
