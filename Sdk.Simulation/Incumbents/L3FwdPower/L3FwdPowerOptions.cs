using PollScale.Governors;
using static PollScale.Governors.Spans;

namespace PollScale.Simulation.Incumbents;

/// <summary>
/// Settings of the l3fwd-power rule. The defaults are the constants of DPDK's examples/l3fwd-power (the same from 22.11 to 26.11)
/// and all of its oddities; each oddity can be switched off by itself.
/// </summary>
internal sealed record L3FwdPowerOptions
{
    internal static GovernorSettings<L3FwdPowerOptions> Declared { get; } = new GovernorSettings<L3FwdPowerOptions>
    {
        Together = o =>
            o.Gear2Packets < o.Gear1Packets ? new OptionFault(nameof(Gear2Packets), o.Gear2Packets, "Gear1Packets .. 65536 packets")
            : o.Gear3Packets < o.Gear2Packets ? new OptionFault(nameof(Gear3Packets), o.Gear3Packets, "Gear2Packets .. 65536 packets")
            : null,
    }
        .Whole("gear1-packets", 0, 65536, "packets", "backlog above which gear 1 counts", o => o.Gear1Packets, (o, v) => o with { Gear1Packets = (uint)v })
        .Whole("gear2-packets", 0, 65536, "packets", "backlog above which gear 2 counts", o => o.Gear2Packets, (o, v) => o with { Gear2Packets = (uint)v })
        .Whole("gear3-packets", 0, 65536, "packets", "backlog above which the fastest follows", o => o.Gear3Packets, (o, v) => o with { Gear3Packets = (uint)v })
        .Whole("gear1-trend", 0, 1_000_000, "", "added to the trend in gear 1", o => o.Gear1Trend, (o, v) => o with { Gear1Trend = (uint)v })
        .Whole("gear2-trend", 0, 1_000_000, "", "added to the trend in gear 2", o => o.Gear2Trend, (o, v) => o with { Gear2Trend = (uint)v })
        .Whole("trend-threshold", 1, 1_000_000, "", "trend above which a step up follows", o => o.TrendThreshold, (o, v) => o with { TrendThreshold = (uint)v })
        .Whole("min-empty-polls", 0, 1_000_000, "polls", "empty polls that are not idle yet", o => o.MinEmptyPolls, (o, v) => o with { MinEmptyPolls = (uint)v })
        .Whole("suspend-polls", 2, 1_000_000, "polls", "empty polls before an interrupt is awaited", o => o.SuspendPolls, (o, v) => o with { SuspendPolls = (uint)v })
        .Time("timer-period", Us(1000), Seconds(10), "period of the timer that steps down", o => o.TimerPeriod, (o, v) => o with { TimerPeriod = v })
        .Share("sleep-ratio", 0, 1, "share of a period that, slept, steps down", o => o.SleepRatio, (o, v) => o with { SleepRatio = (float)v })
        .Whole("packets-per-pass", 0, 65536, "packets", "packets a pass below which it steps down", o => o.PacketsPerPass, (o, v) => o with { PacketsPerPass = (uint)v })
        .Switch("interrupts", "rx interrupts can be awaited", o => o.Interrupts, (o, v) => o with { Interrupts = v })
        .Time("frequency-call-time", Us(0), Us(10_000), "time a step down takes", o => o.FrequencyCallTime, (o, v) => o with { FrequencyCallTime = v })
        .Time("wake-time", Us(0), Us(1000), "from an interrupt to the next poll", o => o.WakeTime, (o, v) => o with { WakeTime = v })
        .Switch("sticky-hints", "an empty poll leaves the wish for speed", o => o.StickyHints, (o, v) => o with { StickyHints = v })
        .Switch("negative-count-is-huge", "an unknown backlog counts as a huge one", o => o.NegativeCountIsHuge, (o, v) => o with { NegativeCountIsHuge = v })
        .Switch("trend-never-decays", "the trend only grows until it fires", o => o.TrendNeverDecays, (o, v) => o with { TrendNeverDecays = v })
        .Switch("timer-race", "the timer's period is 100 or 200 ms", o => o.TimerRace, (o, v) => o with { TimerRace = v })
        .Switch("fixed-thresholds", "gears for 128 descriptors, whatever the ring", o => o.FixedThresholds, (o, v) => o with { FixedThresholds = v })
        .Switch("no-down-asleep", "no step down while an interrupt is awaited", o => o.NoDownAsleep, (o, v) => o with { NoDownAsleep = v });

    /// <summary>Backlog above which a poll adds <see cref="Gear1Trend"/>, 0 .. 65536 packets; default 32.</summary>
    public uint Gear1Packets { get; init; } = 32;

    /// <summary>Backlog above which a poll adds <see cref="Gear2Trend"/>, 0 .. 65536 packets and no less than <see cref="Gear1Packets"/>; default 64.</summary>
    public uint Gear2Packets { get; init; } = 64;

    /// <summary>Backlog above which the fastest P-state is asked for, 0 .. 65536 packets and no less than <see cref="Gear2Packets"/>; default 96.</summary>
    public uint Gear3Packets { get; init; } = 96;

    /// <summary>Added to the trend in gear 1, 0 .. 1000000; default 1.</summary>
    public uint Gear1Trend { get; init; } = 1;

    /// <summary>Added to the trend in gear 2, 0 .. 1000000; default 100.</summary>
    public uint Gear2Trend { get; init; } = 100;

    /// <summary>Trend above which one step up is taken, 1 .. 1000000; default 10000.</summary>
    public uint TrendThreshold { get; init; } = 10_000;

    /// <summary>Empty polls in a row up to which a queue is not idle, 0 .. 1000000; default 10.</summary>
    public uint MinEmptyPolls { get; init; } = 10;

    /// <summary>Empty polls in a row from which an idle queue waits for an interrupt instead of 1 us, 2 .. 1000000; default 300.</summary>
    public uint SuspendPolls { get; init; } = 300;

    /// <summary>Period of the timer that steps down, 1 ms .. 10 s; default 100 ms.</summary>
    public TimeSpan TimerPeriod { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Share of a period that, when slept, steps down, 0 .. 1; default 0.25.</summary>
    public float SleepRatio { get; init; } = 0.25f;

    /// <summary>Packets a pass over all queues below which the timer steps down, 0 .. 65536; default 32.</summary>
    public uint PacketsPerPass { get; init; } = 32;

    /// <summary>True when the queues' rx interrupts can be waited for; default on.</summary>
    public bool Interrupts { get; init; } = true;

    /// <summary>Time a step down takes, 0 .. 10 ms; default 10 us. Only the governor uses it: the timer is armed again after it (see <see cref="TimerRace"/>).</summary>
    public TimeSpan FrequencyCallTime { get; init; } = TimeSpan.FromMicroseconds(10);

    /// <summary>From an rx interrupt to the next poll, 0 .. 1 ms; default 5 us, the assumption of <see cref="PmdSleepOptions.WakeTime"/>. Only a simulated lcore sleeps.</summary>
    public TimeSpan WakeTime { get; init; } = TimeSpan.FromMicroseconds(5);

    /// <summary>Oddity: an empty poll leaves its queue's wish for more speed standing. Off, it takes the wish back. Default on.</summary>
    public bool StickyHints { get; init; } = true;

    /// <summary>Oddity: a negative backlog, which says that the NIC cannot tell, counts as a huge one. Off, it counts as none. Default on.</summary>
    public bool NegativeCountIsHuge { get; init; } = true;

    /// <summary>Oddity: the trend only ever grows until it fires. Off, a pass in which no queue is in gear 1 or above clears it. Default on.</summary>
    public bool TrendNeverDecays { get; init; } = true;

    /// <summary>
    /// Oddity: timers are served a period after the loop top that served them last, but expire a period after the callback's end; a
    /// service that comes too early is lost, and the period is 100 or 200 ms. Off, every service finds the timer due. Default on.
    /// </summary>
    public bool TimerRace { get; init; } = true;

    /// <summary>Oddity: the gears are meant for a ring of 128 descriptors, whatever the ring. Off, they grow with it. Default on.</summary>
    public bool FixedThresholds { get; init; } = true;

    /// <summary>Oddity: a wait for interrupts goes past the timers, so that an idle core never steps down. Off, the loop begins anew. Default on.</summary>
    public bool NoDownAsleep { get; init; } = true;

    internal void Validate() => Declared.Validate(this);
}
