using System.Diagnostics.CodeAnalysis;

namespace PollScale.Governors;

/// <summary>
/// The governors that scale a core, by name. A text names one, and options where they should differ from the defaults:
/// <c>name:option=value,option=value</c>, for instance <c>max</c>, <c>index:5</c>, <c>drain-time:drain-time=500us</c>. Governors to compare
/// with, such as <c>ondemand</c>, are in the package PollScale.Simulation.
/// </summary>
public static partial class GovernorCatalog
{
    /// <summary>Name of the first entry, at hand without making the entries: a guest that only boots needs none.</summary>
    internal const string Default = "optimal-available";

    /// <summary>The governors, the default first.</summary>
    internal static GovernorList List { get; } = new(All(), " Governors to compare with, such as ondemand, are in the package PollScale.Simulation: ComparedGovernors reads their names.");

    /// <summary>What the governors do and take, for a help page.</summary>
    public static string Help => List.Help;

    /// <summary>Reads a text.</summary>
    /// <returns>What makes the governor; it may throw <see cref="ArgumentException"/> where an option does not fit the P-states.</returns>
    /// <exception cref="GovernorFormatException">There is no such governor or option, or a value is out of range.</exception>
    public static Func<GovernorContext, IGovernor> Parse(string text) => List.Parse(text);

    /// <summary>Reads a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="factory">What makes the governor.</param>
    /// <param name="error">What is wrong and what would be right, where the outcome is false.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Func<GovernorContext, IGovernor>? factory, [NotNullWhen(false)] out string? error) =>
        List.TryParse(text, out factory, out error);
}
