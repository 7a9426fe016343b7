using PollScale.HostStub.Report.Kit;

namespace PollScale.HostStub.Operate.Protocol;

/// <summary>What a daemon answers to <c>set</c>, and what hoststub set --json writes.</summary>
[LineOf("set", LineType.Summary)]
internal sealed record SetOutcome : SummaryLine
{
    /// <summary>What is in force now.</summary>
    public required string Message { get; init; }

    /// <summary>The vCPUs that it is about, as they are now.</summary>
    public required IReadOnlyList<VcpuLine> Vcpus { get; init; }
}
