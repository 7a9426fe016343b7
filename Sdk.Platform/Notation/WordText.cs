using System.Text.Json;

namespace PollScale.Notation;

/// <summary>Values of enumerations as audit log, JSON and metrics write them: in snake_case, one word everywhere.</summary>
internal static class WordText
{
    /// <summary>The word of a value.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
