namespace PollScale.Notation;

/// <summary>Texts of the form <c>name:option=value,option=value</c>, taken apart and put together. <see cref="SettingList{T}"/> reads the options.</summary>
internal static class SpecText
{
    /// <summary>The name, and what stands behind its colon; null where there is none.</summary>
    public static (string Name, string? Options) Split(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (text.Trim(), null) : (text[..colon].Trim(), text[(colon + 1)..]);
    }

    /// <summary>The options one by one; the name of a value that stands alone is null.</summary>
    public static IEnumerable<(string? Name, string Value)> Parts(string? options)
    {
        foreach (string part in options?.Split(',') ?? [])
        {
            yield return Part(part);
        }
    }

    /// <summary>One option; the name of a value that stands alone is null.</summary>
    public static (string? Name, string Value) Part(string part)
    {
        int equals = part.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (null, part.Trim()) : (part[..equals].Trim(), part[(equals + 1)..].Trim());
    }

    /// <summary>A text with one more option.</summary>
    public static string With(string text, string option, string value) =>
        $"{text}{(text.Contains(':', StringComparison.Ordinal) ? ',' : ':')}{option}={value}";
}
