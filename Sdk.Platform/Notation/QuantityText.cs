namespace PollScale.Notation;

/// <summary>Quantities as text. What <see cref="Format"/> writes, <see cref="TryRead"/> reads back to the bit.</summary>
internal static class QuantityText
{
    private const string None = "none", Max = "max";

    /// <summary>Reads a quantity; its range is the caller's to check.</summary>
    /// <param name="quantity">What it is.</param>
    /// <param name="text">The text.</param>
    /// <param name="reference">Rate that % is of; NaN for none.</param>
    /// <param name="value">The value.</param>
    public static bool TryRead(Quantity quantity, string text, double reference, out double value)
    {
        value = double.PositiveInfinity;
        return quantity switch
        {
            Quantity.TimeOrNone or Quantity.RateOrNone when text.Equals(None, StringComparison.OrdinalIgnoreCase) => true,
            Quantity.FactorOrMax when text.Equals(Max, StringComparison.OrdinalIgnoreCase) => true,
            Quantity.Time or Quantity.TimeOrNone => TryTime(text, out value),
            Quantity.Rate or Quantity.RateOrNone => RateText.TryRead(text, reference, out value),
            Quantity.PacketsPerSecond => NumberText.TryRead(text, out value) || RateText.TryRead(text, double.NaN, out value),
            Quantity.Share => NumberText.TryShare(text, out value),
            Quantity.Percent => NumberText.TryPercent(text, out value),
            Quantity.Count => NumberText.TryRead(text, out value) && value == Math.Floor(value),
            _ => NumberText.TryRead(text, out value),
        };
    }

    /// <summary>A quantity with its unit.</summary>
    public static string Format(Quantity quantity, double value, double reference) => quantity switch
    {
        Quantity.TimeOrNone or Quantity.RateOrNone when double.IsPositiveInfinity(value) => None,
        Quantity.FactorOrMax when double.IsPositiveInfinity(value) => Max,
        Quantity.Time or Quantity.TimeOrNone => TimeText.Format((long)value),
        Quantity.Rate or Quantity.RateOrNone => RateText.Format(value, reference),
        _ => NumberText.Format(value),
    };

    /// <summary>What to add to a range: the units that its ends do not show.</summary>
    public static string Units(Quantity quantity, double reference) => quantity switch
    {
        Quantity.TimeOrNone => ", or none",
        Quantity.FactorOrMax => ", or max",
        Quantity.Rate => $" (pps, kpps, Mpps or % of {RateText.Rounded(reference)})",
        Quantity.RateOrNone => $" (pps, kpps, Mpps or % of {RateText.Rounded(reference)}), or none",
        Quantity.PacketsPerSecond => " packets/s",
        Quantity.Percent => " %",
        Quantity.Count => " (a whole number)",
        _ => "",
    };

    private static bool TryTime(string text, out double value)
    {
        bool valid = TimeText.TryRead(text, out long picoseconds);
        value = picoseconds;
        return valid;
    }
}
