using System.Text.Json;
using PollScale.HostStub.Cli;
using PollScale.HostStub.Policy;
using Xunit;

namespace PollScale.HostStub.Tests.Cli;

/// <summary>docs/operating.md says what the code does.</summary>
public class DocumentedTablesTests
{
    [Fact]
    public void Every_reason_is_in_the_documentation_and_no_other() =>
        Assert.Equal(Enum.GetValues<AuditReason>().Select(Snake).Order(), Table("| reason | meaning |").Select(row => row.Key).Order());

    [Fact]
    public void Every_outcome_is_in_the_documentation_and_no_other() =>
        Assert.Equal(Enum.GetValues<CallVerdict>().Select(Snake).Order(), Table("| decided | meaning |").Select(row => row.Key).Order());

    [Fact]
    public void Every_reason_has_a_sentence() => Assert.All(Enum.GetValues<AuditReason>(), reason => Assert.NotEmpty(AuditReasonText.Of(reason)));

    [Fact]
    public void Exit_codes_are_documented_as_help_tells_them()
    {
        Assert.Equal(Enum.GetValues<ExitCode>().Select(code => ($"{(int)code}", ExitCodeText.Of(code))), Table("| code | meaning |"));
        Assert.All(Enum.GetValues<ExitCode>(), code => Assert.Contains($"  {(int)code,-5}{ExitCodeText.Of(code)}", HelpText.ExitCodes));
    }

    private static (string Key, string Meaning)[] Table(string head)
    {
        string[] lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "operating.md"));
        int start = Array.IndexOf(lines, head);
        Assert.True(start >= 0, $"docs/operating.md has no table {head}");
        return [.. lines.Skip(start + 2).TakeWhile(line => line.StartsWith('|')).Select(line => line.Split('|')).Select(cells => (cells[1].Trim(), cells[2].Trim()))];
    }

    private static string Snake<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
