using System.Globalization;

namespace PollScale.Notation;

/// <summary>Packet rates as users write them: a number and pps, kpps, Mpps or, where there is a rate to take it of, %, in any case; 0 needs no unit.</summary>
internal static class RateText
{
    private static readonly (string Unit, double Factor)[] s_units = [("Mpps", 1e6), ("kpps", 1e3), ("pps", 1)];

    /// <summary>Reads a rate in packets a second.</summary>
    /// <param name="text">The text.</param>
    /// <param name="reference">What % is of; NaN where there is no such thing.</param>
    /// <param name="rate">The rate.</param>
    public static bool TryRead(ReadOnlySpan<char> text, double reference, out double rate)
    {
        UnitNumber number = UnitNumber.Split(text);
        if (!number.TryDouble(out rate))
        {
            return false;
        }

        if (number.Has("%"))
        {
            // Divided first: 8 / 100 is the 0.08 of the defaults to the bit.
            rate = rate / 100 * reference;
            return double.IsFinite(rate);
        }

        foreach ((string unit, double factor) in s_units)
        {
            if (number.Has(unit))
            {
                rate *= factor;
                return double.IsFinite(rate);
            }
        }

        return number.Unit.IsEmpty && rate == 0;
    }

    /// <summary>A rate that reads back to the bit, as a share of the reference where that is shorter.</summary>
    public static string Format(double rate, double reference)
    {
        string absolute = Absolute(rate);
        double percent = Math.Round(rate / reference * 100, 3);
        string share = NumberText.Format(percent) + "%";
        return share.Length < absolute.Length && percent / 100 * reference == rate ? share : absolute;
    }

    /// <summary>A rate for reading, rounded to three places.</summary>
    public static string Rounded(double rate) => rate switch
    {
        >= 1e6 => (rate / 1e6).ToString("0.###", CultureInfo.InvariantCulture) + "Mpps",
        >= 1e3 => (rate / 1e3).ToString("0.###", CultureInfo.InvariantCulture) + "kpps",
        _ => rate.ToString("0.###", CultureInfo.InvariantCulture) + "pps",
    };

    private static string Absolute(double rate)
    {
        foreach ((string unit, double factor) in s_units)
        {
            // A quotient may not multiply back to the same bits: then a smaller unit does.
            string text = NumberText.Format(rate / factor);
            if (rate >= factor && NumberText.TryRead(text, out double back) && back * factor == rate)
            {
                return text + unit;
            }
        }

        return NumberText.Format(rate) + "pps";
    }
}
