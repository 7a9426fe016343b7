using PollScale.Governors;
using static PollScale.Governors.Spans;

namespace PollScale.Simulation.Incumbents;

/// <summary>Settings of a <see cref="PmdSleepGovernor"/>. The longest sleep is the example of Open vSwitch's documentation: it is off unless set.</summary>
internal sealed record PmdSleepOptions
{
    internal static GovernorSettings<PmdSleepOptions> Declared { get; } = new GovernorSettings<PmdSleepOptions>()
        .Time("max-sleep", Us(0), Us(10_000), "longest sleep after a poll", o => o.MaxSleep, (o, v) => o with { MaxSleep = v })
        .Time("increment", Us(1), Us(1000), "by which each poll lengthens the next sleep", o => o.Increment, (o, v) => o with { Increment = v })
        .Whole("wake-packets", 1, 65536, "packets", "packets of a poll that end sleeping", o => o.WakePackets, (o, v) => o with { WakePackets = (uint)v })
        .Time("wake-time", Us(0), Us(1000), "from a sleep's end to the next poll", o => o.WakeTime, (o, v) => o with { WakeTime = v });

    /// <summary>Longest sleep after a poll, 0 .. 10 ms; default 50 us.</summary>
    public TimeSpan MaxSleep { get; init; } = TimeSpan.FromMicroseconds(50);

    /// <summary>By which each poll lengthens the sleep after the next, 1 us .. 1 ms; default 1 us, a constant of the original.</summary>
    public TimeSpan Increment { get; init; } = TimeSpan.FromMicroseconds(1);

    /// <summary>Packets of one poll that end sleeping, 1 .. 65536; default 16, half of a batch.</summary>
    public uint WakePackets { get; init; } = 16;

    /// <summary>
    /// From a sleep's end to the next poll, 0 .. 1 ms; default 5 us, an assumption: C1 is left within 2 us (Linux's intel_idle), and the timer's
    /// interrupt and the scheduler take the rest. The original asks for a timer resolution of 1 ns.
    /// </summary>
    public TimeSpan WakeTime { get; init; } = TimeSpan.FromMicroseconds(5);

    internal void Validate() => Declared.Validate(this);
}
