using System.CommandLine;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Report;
using PollScale.Programs;

namespace PollScale.HostStub.Cli;

/// <summary>What the readers of all commands do alike with the values of options.</summary>
/// <param name="parsed">The command line.</param>
internal abstract class OptionValues(ParseResult parsed)
{
    /// <summary>Reads a value.</summary>
    /// <returns>What would be right, or null.</returns>
    protected delegate string? TextReader<T>(string text, out T value);

    /// <summary>The command line.</summary>
    protected ParseResult Parsed { get; } = parsed;

    /// <summary>The complaint about a value.</summary>
    /// <param name="option">Whose it is.</param>
    /// <param name="text">What was given.</param>
    /// <param name="expected">What would be right.</param>
    public static UsageException Complain(Option option, string text, string expected) => new($"{option.Name} takes {expected}, not '{SafeText.Line(text)}'.");

    /// <summary>A whole number, or null where none was given.</summary>
    public static int? Integer(Option option, string? text, int least, int most) => text is null ? null
        : ValueText.Integer(text, least, most, out int value) ? value
        : throw Complain(option, text, $"a whole number from {least} to {most}");

    /// <summary>What was given, or null.</summary>
    protected string? Get(Option<string?> option) => Parsed.GetValue(option);

    /// <summary>A value, or <paramref name="fallback"/> where none was given.</summary>
    protected T Read<T>(Option<string?> option, T fallback, TextReader<T> read)
    {
        if (Get(option) is not string text)
        {
            return fallback;
        }

        return read(text, out T value) is string expected ? throw Complain(option, text, expected) : value;
    }

    /// <summary>A whole number, or null where none was given.</summary>
    protected int? ReadInteger(Option<string?> option, int least, int most) => Integer(option, Get(option), least, most);

    /// <summary>One of an enum's names.</summary>
    protected T ReadChoice<T>(Option<string?> option, T fallback) where T : struct, Enum => Read(option, fallback, ValueText.Choice);

    /// <summary>The P-states of a file, or null where none was given.</summary>
    protected PStateModel? ReadPStateFile(Option<string?> option)
    {
        try
        {
            return Get(option) is string path ? PStateFile.Load(path) : null;
        }
        catch (PStateFileException e)
        {
            throw new UsageException(SafeText.Line(e.Message), e);
        }
    }

    /// <summary>Refuses folders of cpufreq that are empty, or given where P-states are simulated.</summary>
    /// <param name="real">P-states may be real.</param>
    /// <param name="folders">Options that take a folder.</param>
    protected void CheckCpufreqFolders(bool real, params ReadOnlySpan<Option<string?>> folders)
    {
        foreach (Option<string?> option in folders)
        {
            if (Get(option) is string folder && (!real || folder.Length == 0))
            {
                throw new UsageException(real ? $"{option.Name} takes the path of a folder." : $"{option.Name} needs --frequency cpufreq or auto.");
            }
        }
    }
}
