namespace PollScale.HostStub.PolicyFile;

/// <summary>Finds the word a misspelt one was meant to be.</summary>
internal static class Spelling
{
    private const int LongestWord = 40;

    /// <summary>The nearest of some words, or null when none is near.</summary>
    public static string? Nearest(string word, IEnumerable<string> words)
    {
        if (word.Length > LongestWord)
        {
            return null;
        }

        (string candidate, int distance) = words.Select(w => (w, Distance(word.ToLowerInvariant(), w))).MinBy(pair => pair.Item2);
        return distance <= Math.Max(1, candidate.Length / 3) ? candidate : null;
    }

    // Levenshtein's distance: letters to insert, remove or replace.
    private static int Distance(string a, string b)
    {
        int[] above = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = above[0];
            above[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = above[j];
                above[j] = Math.Min(replaced, Math.Min(above[j], above[j - 1]) + 1);
            }
        }

        return above[b.Length];
    }
}
