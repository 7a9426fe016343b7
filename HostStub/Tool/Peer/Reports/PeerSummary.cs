using PollScale.HostStub.Report.Kit;
using PollScale.Telemetry;

namespace PollScale.HostStub.Peer.Reports;

/// <summary>How a run against a memif peer went: offered = forwarded + out of order + lost.</summary>
[LineOf("run --memif", LineType.Summary)]
internal sealed record PeerSummary : SummaryLine
{
    /// <summary>Seconds from the first packet to the end of sending.</summary>
    public required double DurationS { get; init; }

    /// <summary>Packets offered; offered = forwarded + out_of_order + lost.</summary>
    public required ulong Offered { get; init; }

    /// <summary>Packets that came back in order.</summary>
    public required ulong Forwarded { get; init; }

    /// <summary>Packets lost by cause: ring_full, the peer left no buffer; no_link, due while there was no link; not_returned, sent and not seen again.</summary>
    public required IReadOnlyDictionary<string, ulong> Dropped { get; init; }

    /// <summary>Packets lost, all causes.</summary>
    public required ulong Lost { get; init; }

    /// <summary>Packets that came back behind a later one.</summary>
    public required ulong OutOfOrder { get; init; }

    /// <summary>Packets that came back once more, or more than 4194304 behind the newest.</summary>
    public required ulong Duplicated { get; init; }

    /// <summary>Packets without a stamp: the peer's own.</summary>
    public required ulong Unstamped { get; init; }

    /// <summary>Bad descriptors, and stamps that were never sent.</summary>
    public required ulong Invalid { get; init; }

    /// <summary>Links made.</summary>
    public required int Links { get; init; }

    /// <summary>Links lost before the end.</summary>
    public required int LinksLost { get; init; }

    /// <summary>Delay through the peer, rings included.</summary>
    public required Percentiles DelayUs { get; init; }

    /// <summary>Times the traffic generator was held up.</summary>
    public required ulong GeneratorStalls { get; init; }

    /// <summary>Time the traffic generator was held up, ms.</summary>
    public required double GeneratorStalledMs { get; init; }

    /// <summary>Why sending ended.</summary>
    public required string Cause { get; init; }
}
