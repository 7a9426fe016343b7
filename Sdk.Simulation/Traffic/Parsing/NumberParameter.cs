namespace PollScale.Simulation.Traffic.Parsing;

/// <summary>A parameter that is a number, with its range.</summary>
internal sealed class NumberParameter<T>(
    string name, string description, Quantity quantity, double least, double most, Func<T, double> get, Func<T, double, T> with)
    : Parameter<T>(name, description)
{
    public override string Allowed(double reference) =>
        $"{QuantityText.Format(quantity, least)}..{QuantityText.Format(quantity == Quantity.Line ? Quantity.Rate : quantity, most)} ({QuantityText.Units(quantity, reference)})";

    public override string Format(T model) => QuantityText.Format(quantity, get(model));

    public override T Read(T model, string text, string kind, double reference) =>
        QuantityText.TryParse(quantity, text, reference, out double value) && InRange(value)
            ? with(model, value)
            : throw Refused(kind, text, reference);

    public override void Check(T model, string kind)
    {
        if (!InRange(get(model)))
        {
            throw Refused(kind, Format(model), TrafficDefaults.ReferenceRate);
        }
    }

    public override T Scale(T model, double reference) =>
        quantity is Quantity.Rate or Quantity.Line ? with(model, get(model) / TrafficDefaults.ReferenceRate * reference) : model;

    private bool InRange(double value) =>
        (value >= least && value <= most) || (quantity == Quantity.Line && double.IsPositiveInfinity(value));
}
