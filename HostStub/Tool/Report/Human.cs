using System.Globalization;

namespace PollScale.HostStub.Report;

/// <summary>Numbers rounded for people: three significant digits where more would pretend, whole counts with thousands separators.</summary>
internal static class Human
{
    /// <summary>A count.</summary>
    public static string Count(ulong value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A count.</summary>
    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Three significant digits, plain notation below 10^15; "-" for nothing or no number.</summary>
    public static string Round(double? value)
    {
        if (value is not double number || !double.IsFinite(number))
        {
            return "-";
        }

        double size = Math.Abs(number);
        string format = size switch
        {
            >= 1e15 => "0.##E+0",
            >= 100 => "N0",
            >= 10 => "0.#",
            >= 1 => "0.##",
            _ => "0.###",
        };
        return number.ToString(format, CultureInfo.InvariantCulture);
    }

    /// <summary>A time given in ns, with the unit that suits it.</summary>
    public static string Nanoseconds(double? value) => value switch
    {
        null => "-",
        >= 1e9 => $"{Round(value / 1e9)} s",
        >= 1e6 => $"{Round(value / 1e6)} ms",
        >= 1e3 => $"{Round(value / 1e3)} us",
        _ => $"{Round(value)} ns",
    };

    /// <summary>A time given in us, with the unit that suits it.</summary>
    public static string Microseconds(double? value) => Nanoseconds(value * 1e3);

    /// <summary>A percentage with one decimal.</summary>
    public static string Percent(double? value) =>
        value is double number && double.IsFinite(number) ? number.ToString("0.0", CultureInfo.InvariantCulture) + " %" : "-";
}
