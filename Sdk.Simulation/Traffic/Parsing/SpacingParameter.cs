namespace PollScale.Simulation.Traffic.Parsing;

/// <summary>The parameter that chooses a <see cref="Spacing"/>.</summary>
internal sealed class SpacingParameter<T>(Func<T, Spacing> get, Func<T, Spacing, T> with)
    : Parameter<T>("spacing", "gaps between packets at a constant rate")
{
    private const string Even = "even";
    private const string Poisson = "poisson";

    public override string Allowed(double reference) => $"{Even} or {Poisson}";

    public override string Format(T model) => get(model) == Spacing.Even ? Even : Poisson;

    public override T Read(T model, string text, string kind, double reference) => text switch
    {
        Even => with(model, Spacing.Even),
        Poisson => with(model, Spacing.Poisson),
        _ => throw Refused(kind, text, reference),
    };

    public override void Check(T model, string kind)
    {
        if (get(model) is not (Spacing.Even or Spacing.Poisson))
        {
            throw Refused(kind, get(model).ToString(), TrafficDefaults.ReferenceRate);
        }
    }
}
