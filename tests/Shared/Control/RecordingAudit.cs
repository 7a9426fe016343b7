using PollScale.HostStub.Policy;

namespace PollScale.Tests.Shared.Control;

/// <summary>Keeps what it is told.</summary>
internal sealed class RecordingAudit : IDecisionAudit
{
    public List<AuditRecord> Records { get; } = [];

    public void Note(in AuditRecord record)
    {
        lock (Records)
        {
            Records.Add(record);
        }
    }
}
