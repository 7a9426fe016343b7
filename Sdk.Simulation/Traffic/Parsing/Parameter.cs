namespace PollScale.Simulation.Traffic.Parsing;

/// <summary>A parameter of a kind of traffic: how it is read, written and checked. Models are immutable, so writing gives a new one.</summary>
internal abstract class Parameter<T>(string name, string description)
{
    public string Name { get; } = name;

    public string Description { get; } = description;

    /// <summary>Range and units.</summary>
    public abstract string Allowed(double reference);

    /// <summary>The model's value as text.</summary>
    public abstract string Format(T model);

    /// <summary>The model with the value that a text says.</summary>
    /// <exception cref="TrafficModelException">The text is no value, or out of range.</exception>
    public abstract T Read(T model, string text, string kind, double reference);

    /// <summary>Checks a model made by code.</summary>
    /// <exception cref="TrafficModelException">The value is out of range.</exception>
    public abstract void Check(T model, string kind);

    /// <summary>A model with default values, made one for a reference rate other than the default one.</summary>
    public virtual T Scale(T model, double reference) => model;

    /// <summary>The error for a value that is not allowed.</summary>
    protected TrafficModelException Refused(string kind, string value, double reference) =>
        new($"{kind}: {Name} cannot be '{ErrorText.Shorten(value)}': it takes {Allowed(reference)}.");
}
