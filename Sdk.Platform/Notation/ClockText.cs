namespace PollScale.Notation;

/// <summary>Frequencies of a core as users write them: a number and kHz, MHz or GHz, in any case.</summary>
internal static class ClockText
{
    private static readonly (string Unit, double Factor)[] s_units = [("kHz", 1), ("MHz", 1e3), ("GHz", 1e6)];

    /// <summary>Reads a frequency in kHz, rounded to a whole one.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, out double kHz)
    {
        UnitNumber number = UnitNumber.Split(text);
        bool valid = number.TryDouble(out kHz);
        foreach ((string unit, double factor) in s_units)
        {
            if (valid && number.Has(unit))
            {
                kHz = Math.Round(kHz * factor);
                return true;
            }
        }

        return false;
    }
}
