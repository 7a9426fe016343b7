using PollScale.Governors;
using static PollScale.Governors.Spans;

namespace PollScale.Simulation.Incumbents;

/// <summary>Settings of a <see cref="NapiGovernor"/>. The defaults are Linux's.</summary>
internal sealed record NapiOptions
{
    internal static GovernorSettings<NapiOptions> Declared { get; } = new GovernorSettings<NapiOptions>()
        .Whole("budget", 1, 65536, "packets", "most packets of a turn", o => o.Budget, (o, v) => o with { Budget = (uint)v })
        .Whole("defer-hard-irqs", 0, 1_000_000, "polls", "empty turns by the timer before interrupts are on again", o => o.DeferHardIrqs, (o, v) => o with { DeferHardIrqs = (uint)v })
        .Time("flush-timeout", Us(0), Us(10_000), "from a turn to the next by the timer", o => o.FlushTimeout, (o, v) => o with { FlushTimeout = v })
        .Time("wake-time", Us(0), Us(1000), "from an interrupt to the next poll", o => o.WakeTime, (o, v) => o with { WakeTime = v });

    /// <summary>Most packets of a turn, 1 .. 65536; default 64, NAPI's weight.</summary>
    public uint Budget { get; init; } = 64;

    /// <summary>napi_defer_hard_irqs: turns by the timer that may find nothing before interrupts are on again, 0 .. 1000000; default 0.</summary>
    public uint DeferHardIrqs { get; init; }

    /// <summary>gro_flush_timeout: from a turn's end to the next by the timer, 0 .. 10 ms; default 0. It counts where <see cref="DeferHardIrqs"/> does.</summary>
    public TimeSpan FlushTimeout { get; init; }

    /// <summary>From an interrupt, or the timer, to the next poll, 0 .. 1 ms; default 5 us, the assumption of <see cref="PmdSleepOptions.WakeTime"/>.</summary>
    public TimeSpan WakeTime { get; init; } = TimeSpan.FromMicroseconds(5);

    internal void Validate() => Declared.Validate(this);
}
