using System.Diagnostics;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.Agreement.Documents;

/// <summary>tests/mutations breaks rules by sed: an expression that changes nothing any more shows nothing.</summary>
public class MutationListTests
{
    private const string Between = " | ";

    public static TheoryData<string> Lists => [.. Directory.GetFiles(Path.Combine(Checkout.Root!, "tests/mutations"), "*.txt").Select(path => Path.GetFileName(path)).Order()];

    [Theory]
    [MemberData(nameof(Lists))]
    public void Each_mutation_changes_its_file(string list)
    {
        string[][] mutations = [.. File.ReadLines(Path.Combine(Checkout.Root!, "tests/mutations", list))
            .Where(line => line.Length > 0 && line[0] is not ('#' or '@'))
            .Select(line => line.Split(Between))];
        Assert.NotEmpty(mutations);
        Assert.All(mutations, parts =>
        {
            // An expression may hold a bar.
            string file = Path.Combine(Checkout.Root!, parts[1].Trim()), expression = string.Join(Between, parts[2..^1]);
            Assert.True(File.ReadAllText(file) != Changed(file, expression), $"{parts[0]} changes nothing in {parts[1]}: mend its expression.");
        });
    }

    private static string Changed(string file, string expression)
    {
        using Process sed = Process.Start(new ProcessStartInfo("sed", [expression, file]) { RedirectStandardOutput = true })!;
        string text = sed.StandardOutput.ReadToEnd();
        sed.WaitForExit();
        Assert.True(sed.ExitCode == 0, $"sed '{expression}' {file} ended with {sed.ExitCode}");
        return text;
    }
}
