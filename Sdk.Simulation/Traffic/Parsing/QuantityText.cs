using System.Globalization;
using PollScale.Simulation.Cores;

namespace PollScale.Simulation.Traffic.Parsing;

/// <summary>Quantities as text. What <see cref="Format"/> writes, <see cref="TryParse"/> reads back to the bit.</summary>
internal static class QuantityText
{
    private const string None = "none";
    private const NumberStyles Styles = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    // Larger than any time allowed, small enough that no product with a unit overflows.
    private const decimal MostTime = 1_000_000_000_000;

    private static readonly (string Unit, double Factor)[] s_rates = [("Mpps", 1e6), ("kpps", 1e3), ("pps", 1)];
    private static readonly (string Unit, long Factor)[] s_times =
        [("us", SimTime.Microsecond), ("ms", SimTime.Millisecond), ("ns", SimTime.Nanosecond), ("s", SimTime.Second)];

    /// <summary>Reads a quantity; its range is the caller's to check.</summary>
    public static bool TryParse(Quantity quantity, string text, double reference, out double value)
    {
        value = 0;
        return quantity switch
        {
            Quantity.Line when text == None => (value = double.PositiveInfinity) > 0,
            Quantity.Rate or Quantity.Line => TryRate(text, reference, out value),
            Quantity.Time => TryTime(text, out value),
            Quantity.Share when text.EndsWith('%') => TryNumber(text[..^1], 0.01, out value),
            Quantity.Count => TryNumber(text, 1, out value) && value == Math.Floor(value),
            _ => TryNumber(text, 1, out value),
        };
    }

    /// <summary>A quantity with its unit.</summary>
    public static string Format(Quantity quantity, double value) => quantity switch
    {
        Quantity.Line when double.IsInfinity(value) => None,
        Quantity.Rate or Quantity.Line => FormatRate(value),
        Quantity.Time => FormatTime((long)value),
        _ => Text(value),
    };

    /// <summary>The units that a quantity takes, for errors and help.</summary>
    public static string Units(Quantity quantity, double reference) => quantity switch
    {
        Quantity.Rate => $"pps, kpps, Mpps or % of {Rounded(reference)}",
        Quantity.Line => $"pps, kpps, Mpps or % of {Rounded(reference)}; {None} for no line",
        Quantity.Time => "ns, us, ms or s",
        Quantity.Share => "a number or %",
        Quantity.Count => "a whole number",
        _ => "a number",
    };

    /// <summary>A rate for reading, rounded to three places.</summary>
    public static string Rounded(double rate) => rate switch
    {
        >= 1e6 => (rate / 1e6).ToString("0.###", CultureInfo.InvariantCulture) + "Mpps",
        >= 1e3 => (rate / 1e3).ToString("0.###", CultureInfo.InvariantCulture) + "kpps",
        _ => rate.ToString("0.###", CultureInfo.InvariantCulture) + "pps",
    };

    private static bool TryRate(string text, double reference, out double value)
    {
        if (text.EndsWith('%'))
        {
            // Divided first: 8 / 100 is the 0.08 of the defaults to the bit.
            bool read = TryNumber(text[..^1], 1, out double percent);
            value = percent / 100 * reference;
            return read && double.IsFinite(value);
        }

        foreach ((string unit, double factor) in s_rates)
        {
            if (text.EndsWith(unit, StringComparison.OrdinalIgnoreCase))
            {
                return TryNumber(text[..^unit.Length], factor, out value);
            }
        }

        value = 0;
        return false;
    }

    private static bool TryTime(string text, out double value)
    {
        value = 0;
        foreach ((string unit, long factor) in s_times)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal))
            {
                bool read = decimal.TryParse(text[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number);
                value = read && number <= MostTime ? (double)Math.Round(number * factor) : 0;
                return read && number <= MostTime;
            }
        }

        return false;
    }

    private static bool TryNumber(string text, double factor, out double value)
    {
        bool read = double.TryParse(text, Styles, CultureInfo.InvariantCulture, out double number);
        value = number * factor;
        return read && double.IsFinite(value);
    }

    private static string FormatRate(double value)
    {
        string absolute = FormatAbsolute(value);
        double percent = Math.Round(value / TrafficDefaults.ReferenceRate * 100, 3);
        string share = Text(percent) + "%";
        return share.Length < absolute.Length && percent / 100 * TrafficDefaults.ReferenceRate == value ? share : absolute;
    }

    private static string FormatAbsolute(double value)
    {
        foreach ((string unit, double factor) in s_rates)
        {
            // A quotient may not multiply back to the same bits: then a smaller unit does.
            string text = Text(value / factor);
            if (value >= factor && TryNumber(text, factor, out double back) && back == value)
            {
                return text + unit;
            }
        }

        return Text(value) + "pps";
    }

    private static string FormatTime(long time)
    {
        (string Unit, long Factor) unit = time switch
        {
            >= SimTime.Second => ("s", SimTime.Second),
            >= SimTime.Millisecond => ("ms", SimTime.Millisecond),
            >= SimTime.Microsecond => ("us", SimTime.Microsecond),
            _ => ("ns", SimTime.Nanosecond),
        };
        return ((decimal)time / unit.Factor).ToString(CultureInfo.InvariantCulture) + unit.Unit;
    }

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
