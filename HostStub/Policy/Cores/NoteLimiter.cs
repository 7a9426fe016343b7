namespace PollScale.HostStub.Policy.Cores;

/// <summary>
/// Holds back decisions of a vCPU that come again soon for the same reason, and keeps their count: a flood of one guest must not push
/// the decisions about others out of the audit's queue. Called under the service's lock; allocates nothing.
/// </summary>
/// <param name="audit">Gets what is not held back.</param>
/// <param name="spacing">Ticks between two notes for one reason.</param>
internal sealed class NoteLimiter(IDecisionAudit audit, ulong spacing)
{
    private const int Reasons = (int)DecisionReason.PolicyChanged + 1;

    private readonly DecisionRecord[] _held = new DecisionRecord[Reasons];
    private readonly ulong[] _next = new ulong[Reasons];

    /// <summary>Notes a decision now, or with the next of its kind.</summary>
    public void Note(in DecisionRecord record)
    {
        int reason = (int)record.Reason;
        ulong count = _held[reason].Count + 1;
        if (record.Tsc < _next[reason])
        {
            _held[reason] = record with { Count = count };
            return;
        }

        Pass(record with { Count = count });
    }

    /// <summary>Notes what was held back until now.</summary>
    /// <param name="tsc">TSC now; <see cref="ulong.MaxValue"/> for all.</param>
    public void Flush(ulong tsc)
    {
        for (int reason = 0; reason < Reasons; reason++)
        {
            if (_held[reason].Count > 0 && tsc >= _next[reason])
            {
                Pass(_held[reason]);
            }
        }
    }

    // By value: the record may be the one held, which is cleared here.
    private void Pass(DecisionRecord record)
    {
        _held[(int)record.Reason] = default;
        _next[(int)record.Reason] = record.Tsc > ulong.MaxValue - spacing ? ulong.MaxValue : record.Tsc + spacing;
        audit.Note(record);
    }
}
