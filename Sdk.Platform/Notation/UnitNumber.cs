using System.Buffers;
using System.Globalization;

namespace PollScale.Notation;

/// <summary>A text taken apart: a number without sign, and the unit that follows it, with or without blanks between them.</summary>
internal readonly ref struct UnitNumber
{
    private const NumberStyles Styles = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789.");

    private UnitNumber(ReadOnlySpan<char> number, ReadOnlySpan<char> unit)
    {
        Number = number;
        Unit = unit;
    }

    /// <summary>All up to the last digit or point.</summary>
    public ReadOnlySpan<char> Number { get; }

    /// <summary>The rest; empty where the text is a number alone.</summary>
    public ReadOnlySpan<char> Unit { get; }

    /// <summary>Takes a text apart; whether its parts mean anything is for the caller to ask.</summary>
    public static UnitNumber Split(ReadOnlySpan<char> text)
    {
        int end = text.LastIndexOfAny(s_digits) + 1;
        ReadOnlySpan<char> unit = text[end..].TrimStart(' ');
        return new UnitNumber(text[..end], unit.IsEmpty ? text[end..] : unit);
    }

    /// <summary>Whether it has this unit, in any case.</summary>
    public bool Has(string unit) => Unit.Equals(unit, StringComparison.OrdinalIgnoreCase);

    /// <summary>The number, exact.</summary>
    public bool TryDecimal(out decimal value) => decimal.TryParse(Number, Styles, CultureInfo.InvariantCulture, out value);

    /// <summary>The number; finite.</summary>
    public bool TryDouble(out double value) => double.TryParse(Number, Styles, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
}
