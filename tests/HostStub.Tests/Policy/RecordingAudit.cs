using PollScale.HostStub.Policy;

namespace PollScale.HostStub.Tests.Policy;

/// <summary>Keeps what it is told.</summary>
internal sealed class RecordingAudit : IDecisionAudit
{
    public List<DecisionRecord> Records { get; } = [];

    public void Note(in DecisionRecord record)
    {
        lock (Records)
        {
            Records.Add(record);
        }
    }
}
