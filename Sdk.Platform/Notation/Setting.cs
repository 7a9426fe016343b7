namespace PollScale.Notation;

/// <summary>
/// A setting of an immutable <typeparamref name="T"/>, declared once: how it is read, shown, described and checked all follow. Setting a
/// value gives another owner.
/// </summary>
internal abstract class Setting<T>(string name, string summary)
{
    /// <summary>Name, in lower case with hyphens.</summary>
    public string Name { get; } = name;

    /// <summary>What it does, in a few words.</summary>
    public string Summary { get; } = summary;

    /// <summary>Names that it had in earlier versions.</summary>
    public IReadOnlyList<string> FormerNames { get; init; } = [];

    /// <summary>What it takes, with units.</summary>
    /// <param name="reference">Rate that % is of; NaN for none.</param>
    public abstract string Range(double reference);

    /// <summary>The owner's value as text; it can be read again, but for words that stand for no value.</summary>
    public abstract string Show(T owner, double reference);

    /// <summary>Reads a value.</summary>
    /// <returns>False where the text is no value, or out of range.</returns>
    public abstract bool TryRead(T owner, string text, double reference, out T changed);

    /// <summary>Whether the owner's value lies in the range.</summary>
    public abstract bool Holds(T owner);

    /// <summary>An owner with default values made for one reference rate, for another.</summary>
    public virtual T Scale(T owner, double from, double to) => owner;

    /// <summary>Whether a name is this setting's, now or earlier, in any case.</summary>
    public bool Has(string name) =>
        name.Equals(Name, StringComparison.OrdinalIgnoreCase) || FormerNames.Contains(name, StringComparer.OrdinalIgnoreCase);
}
