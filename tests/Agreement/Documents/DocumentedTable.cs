using Xunit;

namespace PollScale.Agreement.Documents;

/// <summary>Tables of the documentation beside this program.</summary>
internal static class DocumentedTable
{
    /// <summary>The rows of a table, as they stand.</summary>
    /// <param name="file">The page, as the test project links it.</param>
    /// <param name="head">Line that the table begins with, or the heading before it.</param>
    public static string[] Lines(string file, string head)
    {
        string[] lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, file));
        int start = Array.IndexOf(lines, head);
        Assert.True(start >= 0, $"{file} has no {head}");
        return [.. lines.Skip(start).SkipWhile(line => !line.StartsWith('|')).TakeWhile(line => line.StartsWith('|'))];
    }

    /// <summary>The cells of each row below the head.</summary>
    public static string[][] Rows(string file, string head) =>
        [.. Lines(file, head).Skip(2).Select(line => line.Split('|')[1..^1].Select(cell => cell.Trim()).ToArray())];
}
