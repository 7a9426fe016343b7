using PollScale.HostStub.Report.Kit;

namespace PollScale.HostStub.Peer.Reports;

/// <summary>What a run against a memif peer is about to do.</summary>
[LineOf("run --memif", LineType.Start)]
internal sealed record PeerHeader() : ReportLine(LineType.Start)
{
    /// <summary>The memif socket.</summary>
    public required string Socket { get; init; }

    /// <summary>"client" or "server".</summary>
    public required string Role { get; init; }

    /// <summary>Number of the interface on the socket.</summary>
    public required uint Id { get; init; }

    /// <summary>The traffic in words.</summary>
    public required string Traffic { get; init; }

    /// <summary>Bytes of a frame with FCS, or imix.</summary>
    public required string FrameSize { get; init; }

    /// <summary>How long is sent.</summary>
    public required double DurationS { get; init; }

    /// <summary>pCPU of the generator; null where the kernel chooses.</summary>
    public required int? Cpu { get; init; }

    /// <summary>TSC frequency, kHz.</summary>
    public required uint TscKhz { get; init; }

    /// <summary>Seed of the traffic.</summary>
    public required ulong Seed { get; init; }
}
