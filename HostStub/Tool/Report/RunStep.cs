using PollScale.HostStub.Report.Kit;

namespace PollScale.HostStub.Report;

/// <summary>What went on in one short step of a run, by the host's own counts unless said otherwise. A step in which the traffic generator was held up is left out.</summary>
[LineOf("run --series, demo --series", LineType.Step)]
internal sealed record RunStep() : ReportLine(LineType.Step)
{
    /// <summary>Seconds from the first packet to the step's begin.</summary>
    public required double ElapsedS { get; init; }

    /// <summary>Packets offered in the step.</summary>
    public required ulong Offered { get; init; }

    /// <summary>Packets that came back in the step.</summary>
    public required ulong Forwarded { get; init; }

    /// <summary>Packets that the full rx ring refused in the step.</summary>
    public required ulong RingFull { get; init; }

    /// <summary>Packets in the rx ring.</summary>
    public required Spread Backlog { get; init; }

    /// <summary>How long the oldest packet in the rx ring had waited, us; 0 where there was none.</summary>
    public required Spread OldestUs { get; init; }

    /// <summary>Frequency of the P-state in effect, MHz.</summary>
    public required Spread Mhz { get; init; }

    /// <summary>Time that the guest says to have waited, us; told where a wait ended, so that it may be longer than the step.</summary>
    public required double AsleepUs { get; init; }
}
