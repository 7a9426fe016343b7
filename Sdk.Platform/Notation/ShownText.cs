namespace PollScale.Notation;

/// <summary>Foreign text in errors.</summary>
internal static class ShownText
{
    private const int Longest = 40;

    /// <summary>The text, cut short and without control characters that could disturb a terminal.</summary>
    public static string Of(string text)
    {
        string cut = text.Length <= Longest ? text : string.Concat(text.AsSpan(0, Longest), "...");
        return string.Create(cut.Length, cut, static (shown, source) =>
        {
            for (int i = 0; i < shown.Length; i++)
            {
                shown[i] = char.IsControl(source[i]) ? '?' : source[i];
            }
        });
    }
}
