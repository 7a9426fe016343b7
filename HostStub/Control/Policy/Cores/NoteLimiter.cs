namespace PollScale.HostStub.Policy.Cores;

/// <summary>
/// Holds back decisions of a vCPU that come again soon for the same reason, and keeps their count: a flood of one guest must not push
/// the decisions about others out of the audit's queue. Called within the service's gate; allocates nothing.
/// </summary>
/// <param name="audit">Gets what is not held back.</param>
/// <param name="spacing">Ticks between two notes for one reason.</param>
internal sealed class NoteLimiter(IDecisionAudit audit, ulong spacing)
{
    private const int Reasons = (int)AuditReason.PolicyChanged + 1;
    private const int Kinds = 2 * Reasons; // a lost pinning both withdraws a wish and denies calls

    private readonly AuditRecord[] _held = new AuditRecord[Kinds];
    private readonly ulong[] _next = new ulong[Kinds];

    /// <summary>Notes a decision now, or with the next of its kind.</summary>
    public void Note(in AuditRecord record)
    {
        int kind = Kind(record);
        ulong count = _held[kind].Count + 1;
        if (record.Tsc < _next[kind])
        {
            _held[kind] = record with { Count = count };
            return;
        }

        Pass(record with { Count = count });
    }

    /// <summary>Notes what was held back until now.</summary>
    /// <param name="tsc">TSC now; <see cref="ulong.MaxValue"/> for all.</param>
    public void Flush(ulong tsc)
    {
        for (int kind = 0; kind < Kinds; kind++)
        {
            if (_held[kind].Count > 0 && tsc >= _next[kind])
            {
                Pass(_held[kind]);
            }
        }
    }

    private static int Kind(in AuditRecord record) => (int)record.Reason + (record.Result == CallVerdict.Withdrawn ? Reasons : 0);

    // By value: the record may be the one held, which is cleared here.
    private void Pass(AuditRecord record)
    {
        _held[Kind(record)] = default;
        _next[Kind(record)] = record.Tsc > ulong.MaxValue - spacing ? ulong.MaxValue : record.Tsc + spacing;
        audit.Note(record);
    }
}
