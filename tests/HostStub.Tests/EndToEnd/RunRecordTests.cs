using System.Text.Json;
using PollScale.HostStub.Tests.Hostile;
using Xunit;

namespace PollScale.HostStub.Tests.EndToEnd;

/// <summary>The record of a run: its steps and changes agree with its summary.</summary>
[Collection(KvmLab.Collection)]
public class RunRecordTests
{
    private const string Steps = "step:low=0.05Mpps,high=1.3Mpps,at=500ms,for=500ms";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Steps_and_changes_come_to_what_the_summary_says(bool needsKvm)
    {
        HostStubProcess.Result run = HostStubProcess.Demo(needsKvm, [.. needsKvm ? (string[])[] : ["--no-vm"], "--json", "--series", "1ms", "--changes", "--traffic", Steps, "--duration", "1500ms"]);
        JsonElement summary = run.Summary;
        JsonElement[] lines = [.. run.Output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
        JsonElement[] steps = [.. lines.Where(line => Type(line) == "step")], changes = [.. lines.Where(line => Type(line) == "change")];

        Assert.InRange(steps.Length, 100, (summary.GetProperty("duration_s").GetDouble() * 1000) + 1000); // and what drains
        Assert.Equal(summary.GetProperty("offered").GetInt64(), Sum(steps, "offered"));
        Assert.InRange(Sum(steps, "forwarded"), summary.GetProperty("forwarded").GetInt64() * 0.999, summary.GetProperty("forwarded").GetInt64());
        Assert.Equal(summary.GetProperty("dropped").GetProperty("ring_full").GetInt64(), Sum(steps, "ring_full"));
        Assert.All(steps, step => Assert.InRange(step.GetProperty("mhz").GetProperty("mean").GetDouble(), 100, 10_000));
        Assert.Contains(steps, step => step.GetProperty("oldest_us").GetProperty("max").GetDouble() > 0);

        // The summary counts while packets are sent; what drains, and who leaves, may change it some more times.
        Assert.InRange(changes.Length, summary.GetProperty("transitions").GetInt64() - 1, summary.GetProperty("transitions").GetInt64() + 3);
        Assert.All(changes.Zip(changes.Skip(1)), pair => Assert.Equal(pair.First.GetProperty("to").GetInt32(), pair.Second.GetProperty("from").GetInt32()));
        Assert.DoesNotContain(summary.GetProperty("notes").EnumerateArray(), note => note.GetString()!.Contains("cannot be true", StringComparison.Ordinal));
        JsonElement[] explained = [.. changes.Where(change => change.GetProperty("why").ValueKind == JsonValueKind.String)];
        Assert.True(explained.Length >= changes.Length * 0.9, $"{explained.Length} of {changes.Length}");
        Assert.All(explained, change =>
        {
            Assert.Contains($"P{change.GetProperty("to").GetInt32()}", change.GetProperty("why").GetString());
            Assert.InRange(change.GetProperty("latency_us").GetDouble(), 0, 200_000);
        });
        Assert.Contains(explained, change => change.GetProperty("reason").GetString() is "certificate" or "deadline" or "rate" or "idle" or "lag" or "drain");

        JsonElement[] counts = [.. summary.GetProperty("delay_counts").EnumerateArray()];
        Assert.Equal(summary.GetProperty("offered").GetInt64(), Sum(counts, "packets") + Sum(steps, "ring_full"));
        Assert.All(counts.Zip(counts.Skip(1)), pair => Assert.True(pair.First.GetProperty("up_to_us").GetDouble() < pair.Second.GetProperty("up_to_us").GetDouble()));
    }

    [Fact]
    public void A_full_ring_is_told_of_with_its_cause()
    {
        HostStubProcess.Result run = HostStubProcess.Demo(needsKvm: false, "--no-vm", "--json", "--ring", "64", "--traffic", "constant:rate=10Mpps", "--duration", "300ms", "--", "--governor", "max");
        Assert.Contains(run.Summary.GetProperty("notes").EnumerateArray(), note => note.GetString()!.StartsWith("The rx ring was full at ", StringComparison.Ordinal));
    }

    [Fact]
    public void Changes_are_lines_for_people_too()
    {
        HostStubProcess.Result run = HostStubProcess.Demo(needsKvm: false, "--no-vm", "--changes", "--traffic", Steps, "--duration", "1200ms");
        Assert.Matches(@"\d+\.\d{6} s  P\d+ -> P\d+: ", run.Output);
    }

    private static string Type(JsonElement line) => line.GetProperty("type").GetString()!;

    private static long Sum(IEnumerable<JsonElement> lines, string field) => lines.Sum(line => line.GetProperty(field).GetInt64());
}
