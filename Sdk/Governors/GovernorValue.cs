using System.Globalization;

namespace PollScale.Governors;

/// <summary>Reads and shows the values of governors' options.</summary>
internal static class GovernorValue
{
    private const double MaxSeconds = 1e6;

    // Longest first: "200us" also ends in "s".
    private static readonly (string Unit, double Ticks)[] s_units =
    [
        ("ns", TimeSpan.TicksPerMicrosecond / 1000.0),
        ("us", TimeSpan.TicksPerMicrosecond),
        ("ms", TimeSpan.TicksPerMillisecond),
        ("s", TimeSpan.TicksPerSecond),
    ];

    public static bool TryNumber(string text, out double value) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    public static bool TryWhole(string text, out long value) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    public static bool TryTime(string text, out TimeSpan value)
    {
        value = default;
        foreach ((string unit, double ticks) in s_units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal))
            {
                bool valid = TryNumber(text[..^unit.Length], out double number) && Math.Abs(number * ticks) <= MaxSeconds * TimeSpan.TicksPerSecond;
                value = valid ? TimeSpan.FromTicks((long)Math.Round(number * ticks)) : default;
                return valid;
            }
        }

        return false;
    }

    public static string Show(double value) => value.ToString(CultureInfo.InvariantCulture);

    public static string Show(TimeSpan value) => value.Ticks switch
    {
        long ticks when ticks % TimeSpan.TicksPerSecond == 0 => $"{Show(value.TotalSeconds)}s",
        long ticks when ticks % TimeSpan.TicksPerMillisecond == 0 => $"{Show(value.TotalMilliseconds)}ms",
        _ => $"{Show(value.TotalMicroseconds)}us",
    };
}
