using System.Diagnostics.CodeAnalysis;
using System.Text;
using PollScale.Notation;

namespace PollScale.Governors;

/// <summary>Governors by name, each entry written once: a longer list is made by <see cref="With"/>.</summary>
/// <param name="entries">The governors.</param>
/// <param name="elsewhere">A sentence on where other governors are, for who names one that is not here; empty for none.</param>
internal sealed class GovernorList(IReadOnlyList<GovernorEntry> entries, string elsewhere = "")
{
    private const int MaxLength = 4096;
    private string? _help;

    /// <summary>The governors.</summary>
    public IReadOnlyList<GovernorEntry> Entries { get; } = entries;

    /// <summary>What the governors do and take, for a help page.</summary>
    public string Help => _help ??= Describe();

    /// <summary>This list and more behind it.</summary>
    public GovernorList With(IReadOnlyList<GovernorEntry> more) => new([.. Entries, .. more]);

    /// <summary>Reads a text.</summary>
    /// <returns>What makes the governor; it may throw <see cref="ArgumentException"/> where an option does not fit the P-states.</returns>
    /// <exception cref="GovernorFormatException">There is no such governor or option, or a value is out of range.</exception>
    public Func<GovernorContext, IGovernor> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > MaxLength)
        {
            throw new GovernorFormatException($"A governor and its options take at most {MaxLength} characters, not {text.Length}.");
        }

        (string name, string? options) = SpecText.Split(text);
        GovernorEntry entry = Find(text)
            ?? throw new GovernorFormatException($"'{ShownText.Of(name)}' is no governor: use {string.Join(", ", Entries.Select(known => known.Name))}.{elsewhere}");
        return entry.Bind(options);
    }

    /// <summary>Reads a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="factory">What makes the governor.</param>
    /// <param name="error">What is wrong and what would be right, where the outcome is false.</param>
    public bool TryParse(string? text, [NotNullWhen(true)] out Func<GovernorContext, IGovernor>? factory, [NotNullWhen(false)] out string? error)
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
    public GovernorEntry? Find(string text)
    {
        string name = SpecText.Split(text).Name;
        return Entries.FirstOrDefault(known => known.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
    }

    private string Describe()
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
