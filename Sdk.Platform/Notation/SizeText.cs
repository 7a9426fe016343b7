namespace PollScale.Notation;

/// <summary>Sizes in memory and on disk as users write them: whole bytes, or a whole number and KiB, MiB or GiB, in any case.</summary>
internal static class SizeText
{
    private static readonly (string Unit, int Shift)[] s_units = [("", 0), ("KiB", 10), ("MiB", 20), ("GiB", 30)];

    /// <summary>Reads a size of up to a bound, in bytes.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, long most, out long bytes)
    {
        bytes = 0;
        UnitNumber number = UnitNumber.Split(text);
        foreach ((string unit, int shift) in s_units)
        {
            if (number.Has(unit))
            {
                bool valid = long.TryParse(number.Number, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out long value) && value <= most >> shift;
                bytes = valid ? value << shift : 0;
                return valid;
            }
        }

        return false;
    }
}
