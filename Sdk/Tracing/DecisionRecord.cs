using System.Globalization;
using PollScale.Hypercall;

namespace PollScale.Governors;

/// <summary>One decision of a scaler, as a <see cref="DecisionTrace"/> keeps it.</summary>
public readonly record struct DecisionRecord
{
    /// <summary>Number of the record, from 0; a gap means that older ones were overwritten.</summary>
    public ulong Number { get; init; }

    /// <summary>TSC ticks at the decision.</summary>
    public ulong Ticks { get; init; }

    /// <summary>Packets waiting; -1 when the NIC cannot tell.</summary>
    public int Backlog { get; init; }

    /// <summary>Arrival rate in packets per second, as the governor estimates it; 0 when it does not say.</summary>
    public double ArrivalsPerSecond { get; init; }

    /// <summary>P-state granted before.</summary>
    public int Before { get; init; }

    /// <summary>P-state granted after; the same where nothing was asked for or the host refused.</summary>
    public int After { get; init; }

    /// <summary>P-state asked for, or that would have been.</summary>
    public int Wanted { get; init; }

    /// <summary>What made the scaler decide.</summary>
    public DecisionCause Cause { get; init; }

    /// <summary>Why the governor wanted what it wanted.</summary>
    public DecisionReason Reason { get; init; }

    /// <summary>The host was called.</summary>
    public bool Called { get; init; }

    /// <summary>The request was left with the host: what it grants shows in <see cref="Before"/> of later decisions.</summary>
    public bool Posted { get; init; }

    /// <summary>What the host answered, where it was called; to a posted request, what it had answered before.</summary>
    public FrequencyStatus Status { get; init; }

    /// <summary>Descriptors of the ring that the governor plans with.</summary>
    public int RingSize { get; init; }

    /// <summary>Highest arrival rate, where it was given; else 0.</summary>
    public double PeakPacketsPerSecond { get; init; }

    /// <summary>One sentence for the user, such as <c>P12 -> P3: backlog 812 would overflow the ring of 1024 in 410 us at the line rate</c>.</summary>
    public string Explain()
    {
        string step = Before == After ? Say($"P{After} stays") : Say($"P{Before} -> P{After}");
        return $"{step}: {Why()}{Outcome()}";
    }

    private string Why() => Cause switch
    {
        DecisionCause.Start => "the scaler starts at the fastest",
        DecisionCause.ClockLeap => "the clock leapt, so the fastest until a few samples are seen",
        DecisionCause.FailHigh => "a failed call left the P-state unknown, so the fastest",
        DecisionCause.Stop => "the scaler stops at the fastest",
        _ => Reason switch
        {
            DecisionReason.Idle => "nothing arrives",
            DecisionReason.Rate => Say($"{ArrivalsPerSecond:N0} packets/s arrive"),
            DecisionReason.Lag => Say($"{Waiting} lags too far behind {ArrivalsPerSecond:N0} packets/s"),
            DecisionReason.Deadline => Say($"{Waiting} would miss its delay bound"),
            DecisionReason.Drain => Say($"{Waiting} is to be gone within the drain time, and {ArrivalsPerSecond:N0} packets/s arrive"),
            DecisionReason.Hold => "the highest demand of the last hold time",
            DecisionReason.Certificate => Certificate(),
            DecisionReason.Calibration => "tries out how soon requests take effect",
            _ => "the governor wants it and does not say why",
        },
    };

    private string Certificate()
    {
        if (Wanted > Before)
        {
            return Say($"the slowest from which the ring of {RingSize} cannot overflow before a later request helps");
        }

        double rate = PeakPacketsPerSecond > 0 ? PeakPacketsPerSecond : ArrivalsPerSecond;
        string line = PeakPacketsPerSecond > 0 ? "at the line rate" : "at the rate of arrivals";
        double us = Math.Max(0, RingSize - Math.Max(0L, Backlog)) * 1e6 / rate;
        return rate > 0 ? Say($"{Waiting} would overflow the ring of {RingSize} in {us:0} us {line}") : Say($"{Waiting} could overflow the ring of {RingSize} before a later request helps");
    }

    private string Waiting => Backlog < 0 ? "an unknown backlog" : Say($"backlog {Backlog}");

    private string Outcome() => !Called
        ? Wanted == After ? "" : Say($"; P{Wanted} was wanted, but the host is not to be asked now")
        : Posted ? Say($"; P{Wanted} is asked for")
        : Status != FrequencyStatus.Granted ? Say($"; P{Wanted} was wanted, the host answered {Status}")
        : Wanted == After ? "" : Say($"; P{Wanted} was wanted, the host granted P{After}");

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
