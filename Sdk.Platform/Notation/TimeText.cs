using System.Globalization;

namespace PollScale.Notation;

/// <summary>
/// Times as users write them: a number and ns, us, ms, s, m or h, in any case; 0 needs no unit. They are whole picoseconds, so that
/// simulated and real ones are read alike, up to 100 days.
/// </summary>
internal static class TimeText
{
    /// <summary>The units, for help and errors.</summary>
    public const string Units = "ns, us, ms, s, m or h";

    private const long Second = 1_000_000_000_000;
    private const long Longest = 8_640_000 * Second;
    private const long Tick = Second / TimeSpan.TicksPerSecond;

    // The last two are read, never written: 90s says more than 1.5m.
    private static readonly (string Unit, long Length)[] s_units =
        [("ns", 1_000), ("us", 1_000_000), ("ms", 1_000_000_000), ("s", Second), ("m", 60 * Second), ("h", 3600 * Second)];

    /// <summary>Reads a time, in picoseconds.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, out long picoseconds)
    {
        picoseconds = 0;
        UnitNumber number = UnitNumber.Split(text);
        if (!number.TryDecimal(out decimal value))
        {
            return false;
        }

        foreach ((string unit, long length) in s_units)
        {
            if (number.Has(unit))
            {
                bool fits = value <= (decimal)Longest / length;
                picoseconds = fits ? (long)decimal.Round(value * length) : 0;
                return fits;
            }
        }

        return number.Unit.IsEmpty && value == 0;
    }

    /// <summary>Reads a time of a range, in picoseconds.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, long least, long most, out long picoseconds) =>
        TryRead(text, out picoseconds) && picoseconds >= least && picoseconds <= most;

    /// <summary>Reads a time, to the nearest 100 ns.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, out TimeSpan time)
    {
        bool valid = TryRead(text, out long picoseconds);
        time = ToSpan(picoseconds);
        return valid;
    }

    /// <summary>Reads what is counted in a unit of its own: a number alone counts in it, a time with its unit is a time.</summary>
    /// <param name="text">For instance 250, 250ns or 1.5us.</param>
    /// <param name="unit">The unit of a number alone, in picoseconds.</param>
    /// <param name="count">How many of them.</param>
    public static bool TryReadIn(ReadOnlySpan<char> text, long unit, out double count)
    {
        UnitNumber number = UnitNumber.Split(text);
        if (number.Unit.IsEmpty)
        {
            return number.TryDouble(out count);
        }

        bool valid = TryRead(text, out long picoseconds);
        count = (double)picoseconds / unit;
        return valid;
    }

    /// <summary>A time in picoseconds with the largest unit up to s that leaves it 1 or more; it reads back the same.</summary>
    public static string Format(long picoseconds)
    {
        (string unit, long length) = s_units[0];
        foreach ((string larger, long its) in s_units.AsSpan(0, 4))
        {
            (unit, length) = picoseconds >= its ? (larger, its) : (unit, length);
        }

        return ((decimal)picoseconds / length).ToString("0.############", CultureInfo.InvariantCulture) + unit;
    }

    /// <summary>A time in picoseconds as a span, to the nearest 100 ns.</summary>
    public static TimeSpan ToSpan(long picoseconds) => TimeSpan.FromTicks((picoseconds / Tick) + (picoseconds % Tick * 2 >= Tick ? 1 : 0));

    /// <summary>A span in picoseconds; at most 100 days to either side.</summary>
    public static long Of(TimeSpan span) => Math.Clamp(span.Ticks, -Longest / Tick, Longest / Tick) * Tick;
}
