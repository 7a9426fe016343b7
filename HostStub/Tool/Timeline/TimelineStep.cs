using PollScale.HostStub.Report;

namespace PollScale.HostStub.Timeline;

/// <summary>What went on in one step.</summary>
internal readonly record struct TimelineStep
{
    /// <summary>TSC at its begin.</summary>
    public ulong Tsc { get; init; }

    /// <summary>Its length in TSC ticks.</summary>
    public ulong Ticks { get; init; }

    /// <summary>Packets offered in it.</summary>
    public ulong Offered { get; init; }

    /// <summary>Packets that came back in it.</summary>
    public ulong Forwarded { get; init; }

    /// <summary>Packets that the full ring refused in it.</summary>
    public ulong RingFull { get; init; }

    /// <summary>Packets in the ring.</summary>
    public Spread Backlog { get; init; }

    /// <summary>TSC ticks for which the oldest of these had waited.</summary>
    public Spread OldestTicks { get; init; }

    /// <summary>Frequency of the P-state in effect, kHz.</summary>
    public Spread KHz { get; init; }

    /// <summary>TSC ticks of waits that ended in it, as the guest says.</summary>
    public ulong IdleTicks { get; init; }

    /// <summary>Both as one, from this one's begin to the later one's end.</summary>
    public TimelineStep With(in TimelineStep later)
    {
        ulong ticks = later.Tsc + later.Ticks - Tsc;
        double share = later.Ticks / (double)Math.Max(1, Ticks + later.Ticks);
        return new TimelineStep
        {
            Tsc = Tsc,
            Ticks = ticks,
            Offered = Offered + later.Offered,
            Forwarded = Forwarded + later.Forwarded,
            RingFull = RingFull + later.RingFull,
            Backlog = later.Backlog.With(Backlog, 1 - share),
            OldestTicks = OldestTicks.With(later.OldestTicks, share),
            KHz = KHz.With(later.KHz, share),
            IdleTicks = IdleTicks + later.IdleTicks,
        };
    }
}
