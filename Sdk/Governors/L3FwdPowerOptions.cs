namespace PollScale.Governors;

/// <summary>
/// Settings of the l3fwd-power rule. The defaults are the constants of DPDK's examples/l3fwd-power (the same from 22.11 to 26.11)
/// and all of its oddities; each oddity can be switched off by itself.
/// </summary>
internal sealed record L3FwdPowerOptions
{
    /// <summary>Backlog above which a poll adds <see cref="Gear1Trend"/>, 0 .. 65536 packets; default 32.</summary>
    public uint Gear1Packets { get; init; } = 32;

    /// <summary>Backlog above which a poll adds <see cref="Gear2Trend"/>, <see cref="Gear1Packets"/> .. 65536 packets; default 64.</summary>
    public uint Gear2Packets { get; init; } = 64;

    /// <summary>Backlog above which the fastest P-state is asked for, <see cref="Gear2Packets"/> .. 65536 packets; default 96.</summary>
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

    internal void Validate()
    {
        Check(Gear1Packets <= 65536, nameof(Gear1Packets), Gear1Packets, "0 .. 65536 packets");
        Check(Gear2Packets >= Gear1Packets && Gear2Packets <= 65536, nameof(Gear2Packets), Gear2Packets, "Gear1Packets .. 65536 packets");
        Check(Gear3Packets >= Gear2Packets && Gear3Packets <= 65536, nameof(Gear3Packets), Gear3Packets, "Gear2Packets .. 65536 packets");
        Check(Gear1Trend <= 1_000_000, nameof(Gear1Trend), Gear1Trend, "0 .. 1000000");
        Check(Gear2Trend <= 1_000_000, nameof(Gear2Trend), Gear2Trend, "0 .. 1000000");
        Check(TrendThreshold is >= 1 and <= 1_000_000, nameof(TrendThreshold), TrendThreshold, "1 .. 1000000");
        Check(MinEmptyPolls <= 1_000_000, nameof(MinEmptyPolls), MinEmptyPolls, "0 .. 1000000 polls");
        Check(SuspendPolls is >= 2 and <= 1_000_000, nameof(SuspendPolls), SuspendPolls, "2 .. 1000000 polls");
        Check(TimerPeriod >= TimeSpan.FromMilliseconds(1) && TimerPeriod <= TimeSpan.FromSeconds(10), nameof(TimerPeriod), TimerPeriod, "1 ms .. 10 s");
        Check(SleepRatio is >= 0 and <= 1, nameof(SleepRatio), SleepRatio, "0 .. 1");
        Check(PacketsPerPass <= 65536, nameof(PacketsPerPass), PacketsPerPass, "0 .. 65536 packets");
        Check(FrequencyCallTime >= TimeSpan.Zero && FrequencyCallTime <= TimeSpan.FromMilliseconds(10), nameof(FrequencyCallTime), FrequencyCallTime, "0 .. 10 ms");
    }

    private static void Check(bool valid, string name, object value, string expected) =>
        OptionCheck.Require(valid, nameof(L3FwdPowerOptions), name, value, expected);
}
