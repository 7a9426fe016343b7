using PollScale.Notation;

namespace PollScale.Governors;

/// <summary>An option of a governor, as a user writes it.</summary>
/// <param name="Name">Name, in lower case with hyphens.</param>
/// <param name="Range">What it takes, with its unit.</param>
/// <param name="Default">What it is when not given.</param>
/// <param name="Summary">What it does, in a few words.</param>
internal sealed record GovernorOption(string Name, string Range, string Default, string Summary)
{
    /// <summary>Names that it had in earlier versions; they are still read.</summary>
    public IReadOnlyList<string> FormerNames { get; init; } = [];

    /// <summary>The property of the governor's options that it sets.</summary>
    internal string Property { get; init; } = "";

    /// <summary>What its number stands for.</summary>
    internal Quantity Quantity { get; init; }

    /// <summary>The default; null where none is set, or it is no number.</summary>
    internal double? Value { get; init; }

    /// <summary>The part of the range worth a search; null where it is not searched.</summary>
    internal (double Least, double Most)? Tuned { get; init; }

    /// <summary>What it is to a user.</summary>
    internal GovernorRole Role { get; init; }

    /// <summary>Whether a name is this option's, now or earlier.</summary>
    internal bool Has(string name) =>
        name.Equals(Name, StringComparison.OrdinalIgnoreCase) || FormerNames.Contains(name, StringComparer.OrdinalIgnoreCase);
}
