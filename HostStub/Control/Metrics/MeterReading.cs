using PollScale.HostStub.Audit;
using PollScale.HostStub.Policy.Status;

namespace PollScale.HostStub.Metrics;

/// <summary>All that the meter shows, as it was at one moment.</summary>
internal sealed record MeterReading
{
    /// <summary>Before anything is served.</summary>
    public static MeterReading None { get; } = new();

    /// <summary>How each vCPU of the policy stands.</summary>
    public IReadOnlyList<VcpuStatus> Vcpus { get; init; } = [];

    /// <summary>The ways of these vCPUs to this host.</summary>
    public IReadOnlyList<ChannelReading> Channels { get; init; } = [];

    /// <summary>The threads that serve them: name, and for how long each has been at its present work, in ms.</summary>
    public IReadOnlyList<(string Name, long AwakeMs)> Shards { get; init; } = [];

    /// <summary>What became of decisions in the audit log; null where there is none.</summary>
    public AuditCounts? Audit { get; init; }
}
