namespace PollScale.Notation;

/// <summary>A setting that is a number in a range.</summary>
/// <param name="name">Its name.</param>
/// <param name="summary">What it does.</param>
/// <param name="quantity">What the number stands for.</param>
/// <param name="least">Least value.</param>
/// <param name="most">Greatest value; a quantity that may be none may be infinite too.</param>
/// <param name="get">The owner's value; null where none is set.</param>
/// <param name="with">Sets a value.</param>
internal sealed class NumberSetting<T>(
    string name, string summary, Quantity quantity, double least, double most, Func<T, double?> get, Func<T, double, T> with)
    : Setting<T>(name, summary)
{
    /// <summary>What is counted, for the range; null says what the quantity says.</summary>
    public string? Unit { get; init; }

    /// <summary>What is shown where no value is set.</summary>
    public string Unset { get; init; } = "";

    /// <summary>Sets none; null where <see cref="Unset"/> is no text to be read.</summary>
    public Func<T, T>? Clear { get; init; }

    public override string Range(double reference) =>
        $"{End(least, reference)} .. {End(most, reference)}{(Unit is null ? QuantityText.Units(quantity, reference) : Unit.Length > 0 ? $" {Unit}" : "")}{(Clear is null ? "" : $", or {Unset}")}";

    public override string Show(T owner, double reference) => get(owner) is double value ? QuantityText.Format(quantity, value, reference) : Unset;

    public override bool TryRead(T owner, string text, double reference, out T changed)
    {
        if (Clear is not null && text == Unset)
        {
            changed = Clear(owner);
            return true;
        }

        bool valid = QuantityText.TryRead(quantity, text, reference, out double value) && InRange(value);
        changed = valid ? with(owner, value) : owner;
        return valid;
    }

    public override bool Holds(T owner) => get(owner) is not double value || InRange(value);

    // Divided first: what is twice the one rate is twice the other to the bit.
    public override T Scale(T owner, double from, double to) =>
        quantity is Quantity.Rate or Quantity.RateOrNone && get(owner) is double value ? with(owner, value / from * to) : owner;

    private bool InRange(double value) =>
        (value >= least && value <= most) || (quantity is Quantity.RateOrNone or Quantity.TimeOrNone or Quantity.FactorOrMax && double.IsPositiveInfinity(value));

    // A share of the reference would be no end of a range.
    private string End(double value, double reference) => value == 0 ? "0" : QuantityText.Format(quantity, value, double.NaN);
}
