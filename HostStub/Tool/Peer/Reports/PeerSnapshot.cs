using PollScale.HostStub.Report.Kit;
using PollScale.Telemetry;

namespace PollScale.HostStub.Peer.Reports;

/// <summary>The state of a run against a memif peer at one moment; rates are over the interval since the snapshot before.</summary>
[LineOf("run --memif", LineType.Sample)]
internal sealed record PeerSnapshot() : ReportLine(LineType.Sample)
{
    /// <summary>Seconds since traffic began.</summary>
    public required double ElapsedS { get; init; }

    /// <summary>Packets offered in the interval, millions a second.</summary>
    public required double OfferedMpps { get; init; }

    /// <summary>Packets that came back in order in the interval, millions a second.</summary>
    public required double ForwardedMpps { get; init; }

    /// <summary>Packets offered so far.</summary>
    public required ulong Offered { get; init; }

    /// <summary>Packets that came back in order so far.</summary>
    public required ulong Forwarded { get; init; }

    /// <summary>Packets the full ring refused so far.</summary>
    public required ulong RingFull { get; init; }

    /// <summary>Packets that came due without a link so far.</summary>
    public required ulong NoLink { get; init; }

    /// <summary>Packets sent that have not come back: on their way, or lost.</summary>
    public required ulong NotReturned { get; init; }

    /// <summary>Packets that came back behind a later one so far.</summary>
    public required ulong OutOfOrder { get; init; }

    /// <summary>Packets that came back once more so far, or more than 4194304 behind the newest.</summary>
    public required ulong Duplicated { get; init; }

    /// <summary>Packets without a stamp so far: the peer's own.</summary>
    public required ulong Unstamped { get; init; }

    /// <summary>Bad descriptors, and stamps that were never sent, so far.</summary>
    public required ulong Invalid { get; init; }

    /// <summary>There is a link now.</summary>
    public required bool Linked { get; init; }

    /// <summary>Links made so far: each beyond the first is a link that was lost and came back.</summary>
    public required int Links { get; init; }

    /// <summary>Delay through the peer so far, rings included.</summary>
    public required Percentiles DelayUs { get; init; }
}
