using System.Diagnostics.CodeAnalysis;
using System.Text;
using PollScale.Notation;

namespace PollScale.Governors;

/// <summary>
/// All governors by name. A text names one, and options where they should differ from the defaults: <c>name:option=value,option=value</c>,
/// for instance <c>max</c>, <c>index:5</c>, <c>drain-time:drain-time=500us</c>, <c>l3fwd-power:sticky-hints=off,interrupts=off</c>.
/// </summary>
public static partial class GovernorCatalog
{
    /// <summary>Name of the first entry, at hand without making the entries: a guest that only boots needs none.</summary>
    internal const string Default = "optimal-available";

    private const int MaxLength = 4096;
    private static string? s_help;

    /// <summary>The governors, the default first.</summary>
    internal static IReadOnlyList<GovernorEntry> Entries { get; } = All();

    /// <summary>What the governors do and take, for a help page.</summary>
    public static string Help => s_help ??= Describe();

    /// <summary>Reads a text.</summary>
    /// <returns>What makes the governor; it may throw <see cref="ArgumentException"/> where an option does not fit the P-states.</returns>
    /// <exception cref="GovernorFormatException">There is no such governor or option, or a value is out of range.</exception>
    public static Func<GovernorContext, IGovernor> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > MaxLength)
        {
            throw new GovernorFormatException($"A governor and its options take at most {MaxLength} characters, not {text.Length}.");
        }

        string? options = SpecText.Split(text).Options;
        GovernorEntry entry = Find(text)
            ?? throw new GovernorFormatException($"'{ShownText.Of(SpecText.Split(text).Name)}' is no governor: use {string.Join(", ", Entries.Select(known => known.Name))}.");
        return entry.Bind(options);
    }

    /// <summary>Reads a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="factory">What makes the governor.</param>
    /// <param name="error">What is wrong and what would be right, where the outcome is false.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Func<GovernorContext, IGovernor>? factory, [NotNullWhen(false)] out string? error)
    {
        try
        {
            factory = Parse(text ?? "");
            error = null;
            return true;
        }
        catch (GovernorFormatException exception)
        {
            factory = null;
            error = exception.Message;
            return false;
        }
    }

    /// <summary>The entry that a text names; null for none.</summary>
    internal static GovernorEntry? Find(string text)
    {
        string name = SpecText.Split(text).Name;
        return Entries.FirstOrDefault(known => known.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
    }

    private static string Describe()
    {
        StringBuilder text = new();
        foreach (GovernorEntry entry in Entries)
        {
            text.Append("  ").Append(entry.Name.PadRight(20)).Append(' ').Append(entry.Rule).Append('\n');
            foreach (GovernorOption option in entry.Options)
            {
                string range = $"{option.Range} [{option.Default}]";
                text.Append("    ").Append(option.Name.PadRight(24)).Append(' ').Append(range.PadRight(34)).Append(' ').Append(option.Summary).Append('\n');
            }
        }

        return text.ToString();
    }
}
