using PollScale.HostStub.Report.Kit;

namespace PollScale.HostStub.Operate.Protocol;

/// <summary>What a daemon answers to <c>status</c>, and what hoststub status --json writes.</summary>
[LineOf("status", LineType.Summary)]
internal sealed record DaemonStatus : SummaryLine
{
    /// <summary>Version of the control socket's protocol.</summary>
    public required int Version { get; init; }

    /// <summary>Version of the hoststub that serves.</summary>
    public required string Program { get; init; }

    /// <summary>Its process id.</summary>
    public required int Pid { get; init; }

    /// <summary>Time since it began to serve.</summary>
    public required double UptimeS { get; init; }

    /// <summary>The policy file; null where channels are given on the command line.</summary>
    public string? Policy { get; init; }

    /// <summary>What is not well, a sentence each; the exit code is 3 while there is any.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    /// <summary>Every vCPU that the policy names, in its order.</summary>
    public required IReadOnlyList<VcpuLine> Vcpus { get; init; }
}
