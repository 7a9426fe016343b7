namespace PollScale.Simulation.Traffic.Parsing;

/// <summary>Foreign text in errors.</summary>
internal static class ErrorText
{
    private const int Longest = 40;

    /// <summary>The text, cut short and without control characters that could disturb a terminal.</summary>
    public static string Shorten(string text)
    {
        string cut = text.Length <= Longest ? text : string.Concat(text.AsSpan(0, Longest), "...");
        return new string([.. cut.Select(c => char.IsControl(c) ? '?' : c)]);
    }
}
