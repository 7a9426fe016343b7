using System.Text.RegularExpressions;
using Xunit;

namespace PollScale.Agreement.Architecture;

/// <summary>A project of tests for an assembly, and each is run.</summary>
public partial class TestProjectsTests
{
    // Where the name of the project is not the assembly's with ".Tests".
    private static readonly Dictionary<string, string[]> s_tested = new()
    {
        ["HostStub.Tests"] = ["hoststub"],
        ["QueueScaler.Tests"] = ["afpacket", "minimal", "queuescaler"],
    };

    [Fact]
    public void Every_one_is_run_by_the_test_script()
    {
        string script = File.ReadAllText(Path.Combine(SourceFiles.Root(), "test"));

        Assert.Equal(
            Projects().Where(project => project.Text.Contains("\"xunit.v3\"", StringComparison.Ordinal)).Select(project => project.Name).Order(StringComparer.Ordinal),
            Suites().Matches(script).SelectMany(match => match.Groups[1].Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void One_for_an_assembly_references_that_alone() => Assert.All(
        Projects().Where(project => project.Name.EndsWith(".Tests", StringComparison.Ordinal)),
        project => Assert.Equal(
            s_tested.GetValueOrDefault(project.Name, [project.Name[..^".Tests".Length]]),
            Product().Matches(project.Text).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal)));

    private static IEnumerable<(string Name, string Text)> Projects() =>
        Directory.EnumerateFiles(Path.Combine(SourceFiles.Root(), "tests"), "*.csproj", SearchOption.AllDirectories)
            .Select(path => (Path.GetFileNameWithoutExtension(path), File.ReadAllText(path)));

    [GeneratedRegex(@"^(?:suites|lab)=\(([^)]+)\)", RegexOptions.Multiline)]
    private static partial Regex Suites();

    // What lies beside the project in tests/ only helps.
    [GeneratedRegex(@"<ProjectReference Include=""\.\.\\\.\.\\[^""]*?([\w.]+)\.csproj""")]
    private static partial Regex Product();
}
