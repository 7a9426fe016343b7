using System.Globalization;

namespace PollScale.Notation;

/// <summary>Numbers without a unit, and shares, as users write them: without sign or blanks, with a decimal point.</summary>
internal static class NumberText
{
    /// <summary>Reads a finite number.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, out double value)
    {
        UnitNumber number = UnitNumber.Split(text);
        return number.TryDouble(out value) && number.Unit.IsEmpty;
    }

    /// <summary>Reads a whole number of a range, in digits alone.</summary>
    public static bool TryWhole(ReadOnlySpan<char> text, int least, int most, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= least && value <= most;

    /// <summary>Reads a share, 0.01 or 1%.</summary>
    public static bool TryShare(ReadOnlySpan<char> text, out double share)
    {
        UnitNumber number = UnitNumber.Split(text);
        bool percent = number.Has("%");
        bool valid = number.TryDouble(out share) && (percent || number.Unit.IsEmpty);
        share *= percent ? 0.01 : 1;
        return valid;
    }

    /// <summary>Reads percents, 80 or 80%.</summary>
    public static bool TryPercent(ReadOnlySpan<char> text, out double percent)
    {
        UnitNumber number = UnitNumber.Split(text);
        return number.TryDouble(out percent) && (number.Has("%") || number.Unit.IsEmpty);
    }

    /// <summary>The shortest text that reads back to the bit.</summary>
    public static string Format(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
