using System.Globalization;
using System.Text.RegularExpressions;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.Agreement.Packaging;

/// <summary>What docs/dotnet.md tells a newcomer to do, done.</summary>
[Collection(Outsider.Collection)]
public sealed partial class DotnetPageTests(Outsider outsider) : IDisposable
{
    private readonly Newcomer _newcomer = new(outsider);
    private readonly IReadOnlyList<PageBlock> _blocks = Newcomer.DotnetPage;

    [Fact]
    public void Each_block_is_run_here_or_shows_what_comes() => Assert.Equal(
        ["sh", "csharp Program.cs", "sh", "text", "sh", "text", "sh", "csharp linked/Program.cs", "sh", "text"],
        _blocks.Select(block => $"{block.Language} {block.Mark}".Trim()));

    [Fact]
    public void The_first_program_tells_what_its_loop_would_have_saved()
    {
        string told = _newcomer.Run(Newcomer.Put(_blocks[1], "scaled/"), _blocks[2].Text).Trim().Split('\n')[^1];

        Assert.Equal(Shape(_blocks[3].Text.Trim()), Shape(told));
        double[] numbers = [.. Number().Matches(told).Take(5).Select(number => double.Parse(number.Value, CultureInfo.InvariantCulture))];
        Assert.InRange(numbers[0], 5, 72); // percent; less where other programs take the CPU
        Assert.InRange(numbers[4], 100_000, 460_000); // packets
    }

    [Fact]
    public void The_sample_polls_an_interface_from_the_packages()
    {
        OwnNetwork.Require();
        string told = _newcomer.Run(_blocks[4].Text);

        new PolledInterface(told).AssertScaled();
        Assert.Equal(Kinds(_blocks[5].Text.Replace("...\n", "", StringComparison.Ordinal)), Kinds(told[told.IndexOf("Polling", StringComparison.Ordinal)..]));
    }

    // What the scaler saves differs from run to run, and when the link's end is told; what was counted does not.
    [Fact]
    public void Both_ends_of_a_memif_link_count_each_packet()
    {
        string told = _newcomer.Run(_blocks[6].Text, Newcomer.Put(_blocks[7]), _blocks[8].Text);

        string[] shown = _blocks[9].Text.Trim().Split('\n'), lines = told.Split('\n');
        Assert.All(shown[..^1], line => Assert.Contains(line, lines));
        Assert.Contains(Shape(shown[^1]), lines.Select(Shape));
    }

    public void Dispose() => _newcomer.Dispose();

    private static IEnumerable<string> Kinds(string told) => told.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(line => Shape(line)[..12]).Distinct().Order(StringComparer.Ordinal);

    private static string Shape(string line) => Number().Replace(line, "N");

    [GeneratedRegex("[0-9]+(\\.[0-9]+)?")]
    private static partial Regex Number();
}
