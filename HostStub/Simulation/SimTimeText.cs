using System.Globalization;
using PollScale.Simulation.Cores;

namespace PollScale.HostStub.Simulation;

/// <summary>Simulated times as users write them: "20us", "1.5ms", "3s".</summary>
internal static class SimTimeText
{
    // Longest first: "20us" also ends in "s".
    private static readonly (string Unit, long Length)[] s_units =
        [("ns", SimTime.Nanosecond), ("us", SimTime.Microsecond), ("ms", SimTime.Millisecond), ("s", SimTime.Second)];

    /// <summary>Reads a time of a range; a unit is needed, but for 0.</summary>
    public static bool TryRead(string text, long least, long most, out long time)
    {
        time = 0;
        if (text == "0")
        {
            return least <= 0;
        }

        foreach ((string unit, long length) in s_units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal))
            {
                bool valid = decimal.TryParse(text[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number)
                    && number <= (decimal)most / length;
                time = valid ? (long)(number * length) : 0;
                return valid && time >= least;
            }
        }

        return false;
    }

    /// <summary>A time with the largest unit that leaves it 1 or more.</summary>
    public static string Format(long time)
    {
        (string unit, long length) = s_units.LastOrDefault(known => time >= known.Length, s_units[0]);
        return ((decimal)time / length).ToString("0.######", CultureInfo.InvariantCulture) + unit;
    }
}
