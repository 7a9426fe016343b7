using PollScale.HostStub.Report.Kit;
using PollScale.Telemetry;

namespace PollScale.HostStub.Report;

/// <summary>The state of a run at one moment; rates are over the interval since the snapshot before.</summary>
[LineOf("run, demo", LineType.Sample)]
internal sealed record RunSnapshot() : ReportLine(LineType.Sample)
{
    /// <summary>Seconds since traffic began.</summary>
    public required double ElapsedS { get; init; }

    /// <summary>Packets offered in the interval, millions a second.</summary>
    public required double OfferedMpps { get; init; }

    /// <summary>Packets that came back in the interval, millions a second.</summary>
    public required double ForwardedMpps { get; init; }

    /// <summary>Packets offered so far.</summary>
    public required ulong Offered { get; init; }

    /// <summary>Packets that came back so far.</summary>
    public required ulong Forwarded { get; init; }

    /// <summary>Packets the full rx ring refused so far.</summary>
    public required ulong RingFull { get; init; }

    /// <summary>Packets in the rx ring now.</summary>
    public required int Backlog { get; init; }

    /// <summary>P-state in effect now.</summary>
    public required int PState { get; init; }

    /// <summary>Its frequency, MHz.</summary>
    public required double Mhz { get; init; }

    /// <summary>Frequency calls a second in the interval.</summary>
    public required double CallsPerS { get; init; }

    /// <summary>Round trips of calls so far, as the guest measured them.</summary>
    public required Percentiles RoundTripNs { get; init; }

    /// <summary>What the polling thread did with its CPU in the interval; null where nobody knows.</summary>
    public required LcoreUse? Lcore { get; init; }

    /// <summary>Modelled energy saved so far against the fastest P-state kept throughout, %; null without a power model.</summary>
    public required double? EnergySavedPercent { get; init; }
}
