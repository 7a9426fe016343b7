namespace PollScale.HostStub.Report;

/// <summary>Makes text of a guest harmless to a terminal.</summary>
internal static class SafeText
{
    private const int LongestLine = 1000;

    /// <summary>One line: control and format characters shown as '?', tabs as blanks, cut when too long.</summary>
    public static string Line(string text)
    {
        ReadOnlySpan<char> kept = text.AsSpan(0, Math.Min(text.Length, LongestLine));
        string clean = string.Create(kept.Length, kept, static (line, source) =>
        {
            for (int i = 0; i < line.Length; i++)
            {
                line[i] = source[i] switch
                {
                    '\t' => ' ',
                    char c when char.IsControl(c) || char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.Format
                        or System.Globalization.UnicodeCategory.LineSeparator or System.Globalization.UnicodeCategory.ParagraphSeparator => '?',
                    char c => c,
                };
            }
        });
        return text.Length > LongestLine ? clean + "..." : clean;
    }

    /// <summary>Every line of a text.</summary>
    public static IEnumerable<string> Lines(string text) =>
        text.TrimEnd().Split('\n').Select(line => Line(line.TrimEnd('\r')));
}
