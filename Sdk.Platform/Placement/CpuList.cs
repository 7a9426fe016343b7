using System.Globalization;

namespace PollScale.Placement;

/// <summary>CPU lists as the kernel writes them: "0,4-7".</summary>
internal static class CpuList
{
    /// <summary>Reads a list.</summary>
    /// <param name="text">The list.</param>
    /// <param name="most">Highest CPU number allowed.</param>
    /// <param name="cpus">The CPUs, each once, rising.</param>
    /// <returns>False when the text is no such list, or names a CPU above <paramref name="most"/>.</returns>
    public static bool TryParse(string text, int most, out IReadOnlyList<int> cpus)
    {
        SortedSet<int> found = [];
        cpus = [];
        foreach (string part in text.Split(','))
        {
            int dash = part.IndexOf('-', StringComparison.Ordinal);
            if (!TryNumber(dash < 0 ? part : part[..dash], most, out int first)
                || !TryNumber(dash < 0 ? part : part[(dash + 1)..], most, out int last) || last < first)
            {
                return false;
            }

            found.UnionWith(Enumerable.Range(first, last - first + 1));
        }

        cpus = [.. found];
        return true;
    }

    private static bool TryNumber(string text, int most, out int number) =>
        int.TryParse(text.AsSpan().Trim(' '), NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= most
        && text.Trim(' ') is not ['0', _, ..]; // 010 would be eight to some and ten to others; the kernel writes no such thing
}
