using System.Text.Json;
using PollScale.HostStub.Tests.Hostile;
using PollScale.HostStub.Tests.Report.Html;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.HostStub.Tests.EndToEnd;

/// <summary>run --report and demo --report.</summary>
[Collection(KvmLab.Collection)]
public sealed class RunReportTests(Browser browser) : IClassFixture<Browser>
{
    private const int MostBytes = 1_000_000;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_page_has_the_record_and_the_summary_and_is_drawn_without_a_complaint(bool needsKvm)
    {
        using TemporaryFolder folder = new();
        string file = folder["run.html"];
        HostStubProcess.Result run = HostStubProcess.Demo(needsKvm, [.. needsKvm ? (string[])[] : ["--no-vm"], "--json", "--changes", "--report", file,
            "--traffic", "step:low=0.05Mpps,high=1.3Mpps,at=500ms,for=500ms", "--duration", "1500ms"]);
        Assert.Contains($"{file} shows the results.", run.Error);
        string html = File.ReadAllText(file);
        JsonElement[] panels = [.. Pages.Data(html).GetProperty("panels").EnumerateArray()];
        JsonElement summary = run.Summary;

        Assert.InRange(html.Length, 50_000, MostBytes);
        double step = Panel("Packets").GetProperty("series")[0].GetProperty("grid")[1].GetDouble();
        double offered = Numbers(Panel("Packets").GetProperty("series")[0].GetProperty("y")).Sum() * step * 1e6;
        Assert.InRange(offered, summary.GetProperty("offered").GetInt64() * 0.98, summary.GetProperty("offered").GetInt64() * 1.02); // short numbers
        int changes = run.Output.Split('\n').Count(line => line.StartsWith("{\"type\":\"change\"", StringComparison.Ordinal));
        Assert.Equal(changes, Panel("Frequency").GetProperty("marks")[0].GetProperty("at").GetArrayLength());
        Assert.Equal(summary.GetProperty("delay_counts").GetArrayLength() - 1, Numbers(Panel("Queueing delay").GetProperty("curves")[0].GetProperty("y")).Count(share => share > 0));

        await using OpenedPage opened = await browser.Open(html);
        Assert.Equal([], opened.Complaints);
        Assert.Equal([], opened.Requests);
        Assert.Equal(panels.Length, await opened.Read<int>("document.querySelectorAll('.panel').length"));

        JsonElement Panel(string title) => panels.First(panel => panel.GetProperty("title").GetString()!.StartsWith(title, StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_that_cannot_be_written_ends_the_run_before_it_begins()
    {
        HostStubProcess.Result run = HostStubProcess.Demo(needsKvm: false, "--no-vm", "--report", "/nowhere/run.html", "--duration", "60s");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("/nowhere/run.html", run.Error);
    }

    private static IEnumerable<double> Numbers(JsonElement list) => list.EnumerateArray().Where(value => value.ValueKind == JsonValueKind.Number).Select(value => value.GetDouble());
}
