using System.Globalization;
using System.Text.RegularExpressions;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Memif;
using Xunit;

namespace PollScale.Agreement.Packaging;

/// <summary>What docs/memif.md tells who writes an application of his own, done.</summary>
[Collection(Outsider.Collection)]
public sealed partial class MemifPageTests(Outsider outsider) : IDisposable
{
    private readonly Newcomer _newcomer = new(outsider);

    [Fact]
    public void A_program_from_the_packages_sends_back_what_testpmd_sends()
    {
        Testpmd.Require();
        PageBlock[] blocks = [.. PageBlock.Read("docs/memif.md").SkipWhile(block => !block.Text.Contains("-o ~/forward", StringComparison.Ordinal)).Take(4)];
        Assert.Equal(["sh", "csharp", "sh", "text"], blocks.Select(block => block.Language));

        string told = _newcomer.Run(blocks[0].Text, Newcomer.Put(blocks[1]), blocks[2].Text);

        Assert.All(blocks[3].Text.Trim().Split('\n'), line => Assert.Contains(Shape(line), told.Split('\n').Select(Shape)));
        long[] counts = [.. Counts().Match(told).Groups.Values.Skip(1).Select(group => long.Parse(group.ValueSpan, CultureInfo.InvariantCulture))];
        Assert.True(counts is [> 1000, var bytes, var sent] && bytes >= 60 * counts[0] && sent > counts[0] / 2 && sent <= counts[0], told);
    }

    public void Dispose() => _newcomer.Dispose();

    // How a peer goes differs.
    private static string Shape(string line) => Number().Replace(line, "N").PadRight(11)[..11];

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Number();

    [GeneratedRegex("([0-9]+) packets of ([0-9]+) bytes received, ([0-9]+) sent back")]
    private static partial Regex Counts();
}
