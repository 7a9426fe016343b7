namespace PollScale.Tests.Shared;

/// <summary>A fenced block of a page of docs/, for a test that runs what the page tells a reader to do.</summary>
/// <param name="Language">First word behind the fence.</param>
/// <param name="Mark">Second word: the file that the reader is to put the text into, or what a machine needs that a test cannot count on; empty where there is none.</param>
/// <param name="Text">What stands between the fences.</param>
internal sealed record PageBlock(string Language, string Mark, string Text)
{
    private const string Fence = "```";

    /// <summary>All blocks of a page, in order.</summary>
    /// <param name="page">Its path in the repository, which must be here.</param>
    public static IReadOnlyList<PageBlock> Read(string page)
    {
        List<PageBlock> blocks = [];
        string[]? head = null;
        List<string> text = [];
        foreach (string line in File.ReadLines(Path.Combine(Checkout.Root!, page)))
        {
            if (!line.StartsWith(Fence, StringComparison.Ordinal))
            {
                text.Add(line);
            }
            else if (head is null)
            {
                (head, text) = (line[Fence.Length..].Split(' ', 2), []);
            }
            else
            {
                blocks.Add(new PageBlock(head[0], head.ElementAtOrDefault(1) ?? "", string.Concat(text.Select(one => one + "\n"))));
                head = null;
            }
        }

        return head is null ? blocks : throw new InvalidDataException($"{page} has a block without an end.");
    }

    /// <summary>The commands of the first block for a shell, without what a test has done already: <paramref name="done"/> must be the first of them.</summary>
    public static string Commands(string page, params ReadOnlySpan<string> done)
    {
        string text = Read(page).First(block => block.Language == "sh").Text;
        foreach (string command in done)
        {
            text = text.StartsWith(command + "\n", StringComparison.Ordinal) ? text[(command.Length + 1)..] : throw new InvalidDataException($"{page} does not say '{command}' where it did.");
        }

        return text;
    }
}
