namespace PollScale.Clock;

/// <summary>A TSC frequency and the conversions it gives. Results that do not fit saturate.</summary>
/// <param name="KHz">Frequency in kHz, above 0.</param>
/// <param name="Source">Where it was found.</param>
public readonly record struct TscFrequency(uint KHz, TscSource Source)
{
    private const ulong NanosecondsPerMillisecond = 1_000_000;
    private const ulong MicrosecondsPerMillisecond = 1_000;

    /// <summary>Ticks to ns, rounded down.</summary>
    public ulong ToNanoseconds(ulong ticks) => Scale(ticks, NanosecondsPerMillisecond, KHz);

    /// <summary>Ticks to us, rounded down.</summary>
    public ulong ToMicroseconds(ulong ticks) => Scale(ticks, MicrosecondsPerMillisecond, KHz);

    /// <summary>Ns to ticks, rounded down.</summary>
    public ulong FromNanoseconds(ulong nanoseconds) => Scale(nanoseconds, KHz, NanosecondsPerMillisecond);

    /// <summary>Us to ticks, rounded down.</summary>
    public ulong FromMicroseconds(ulong microseconds) => Scale(microseconds, KHz, MicrosecondsPerMillisecond);

    /// <summary>A time span to ticks, rounded down; negative spans give 0.</summary>
    public ulong FromTimeSpan(TimeSpan span) => span <= TimeSpan.Zero ? 0 : Scale((ulong)span.Ticks, KHz, TimeSpan.TicksPerMillisecond);

    private static ulong Scale(ulong value, ulong multiplier, ulong divisor)
    {
        // A division of 128 bits takes many times as long, and few values need it.
        if (value <= uint.MaxValue && multiplier <= uint.MaxValue)
        {
            return value * multiplier / divisor;
        }

        UInt128 scaled = (UInt128)value * multiplier / divisor;
        return scaled > ulong.MaxValue ? ulong.MaxValue : (ulong)scaled;
    }
}
