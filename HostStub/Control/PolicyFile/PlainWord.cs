using System.Text.RegularExpressions;

namespace PollScale.HostStub.PolicyFile;

/// <summary>What YAML makes of a word without quotes that is no text to it; of YAML 1.1 and 1.2, for a file is written and read by programs of both.</summary>
internal static partial class PlainWord
{
    /// <summary>"null", "true or false", "a number" or "a date"; null for a word that is text.</summary>
    public static string? Meaning(string word) => word.ToLowerInvariant() switch
    {
        "~" or "null" or "" => "null",
        "true" or "false" or "yes" or "no" or "on" or "off" or "y" or "n" => "true or false",
        "<<" or "=" => "a merge or default key",
        _ when Number().IsMatch(word) => "a number",
        _ when Date().IsMatch(word) => "a date",
        _ => null,
    };

    // Decimal, 0x, 0o, 0b and with _ between digits; with a fraction or an exponent; sexagesimal; .inf and .nan.
    [GeneratedRegex("""^(?:[-+]?(?:0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0b[01_]+|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][-+]?\d+)?|\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?|\.(?i:inf))|\.(?i:nan))$""", RegexOptions.CultureInvariant)]
    private static partial Regex Number();

    [GeneratedRegex("""^\d{4}-\d{1,2}-\d{1,2}(?:[Tt ].*)?$""", RegexOptions.CultureInvariant)]
    private static partial Regex Date();
}
