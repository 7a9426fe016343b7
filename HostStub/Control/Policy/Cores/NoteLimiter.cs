namespace PollScale.HostStub.Policy.Cores;

/// <summary>
/// Holds back decisions of a vCPU that come again soon for the same reason, and keeps their count: a flood of one guest must not push
/// the decisions about others out of the audit's queue. Called within the service's gate; allocates nothing.
/// </summary>
/// <param name="audit">Gets what is not held back.</param>
/// <param name="spacing">Ticks between two notes for one reason.</param>
internal sealed class NoteLimiter(IDecisionAudit audit, ulong spacing)
{
    private const int Reasons = (int)AuditReason.OperatorWithdrew + 1;
    private const int Kinds = 2 * Reasons; // a lost pinning both withdraws a wish and denies calls

    private readonly AuditRecord[] _held = new AuditRecord[Kinds];
    private readonly ulong[] _next = new ulong[Kinds];

    /// <summary>Notes a decision now, or with the next of its kind.</summary>
    public void Note(in AuditRecord record)
    {
        int kind = (int)record.Reason + (record.Result == CallVerdict.Withdrawn ? Reasons : 0);
        ref AuditRecord held = ref _held[kind];
        held = record with { Count = held.Count + 1 };
        if (record.Tsc >= _next[kind])
        {
            Pass(kind);
        }
    }

    /// <summary>Notes what was held back until now.</summary>
    /// <param name="tsc">TSC now; <see cref="ulong.MaxValue"/> for all.</param>
    public void Flush(ulong tsc)
    {
        for (int kind = 0; kind < Kinds; kind++)
        {
            if (_held[kind].Count > 0 && tsc >= _next[kind])
            {
                Pass(kind);
            }
        }
    }

    private void Pass(int kind)
    {
        AuditRecord record = _held[kind];
        _held[kind] = default;
        _next[kind] = record.Tsc > ulong.MaxValue - spacing ? ulong.MaxValue : record.Tsc + spacing;
        audit.Note(record);
    }
}
