using System.Text.Json;
using PollScale.HostStub.Simulation.Frontier;
using PollScale.HostStub.Tests.Report.Html;
using PollScale.Tests.Shared.Tool;
using Xunit;

namespace PollScale.HostStub.Tests.Simulation;

/// <summary>simulate --report.</summary>
public sealed class SimulateReportTests(Browser browser) : IClassFixture<Browser>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pollscale-report-").FullName;

    private string At => Path.Combine(_folder, "report.html");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Governors_stand_beside_each_other_with_the_summarys_figures()
    {
        (int code, string output, string error) = Simulate.Run(["--json", "--report", At, "--governor", "optimal-available,ondemand,max,min", "--traffic", "poisson-70,sparse", .. Simulate.Short]);
        JsonElement[] governors = [.. Simulate.Lines(output)[^1].GetProperty("governors").EnumerateArray()];
        JsonElement[] panels = [.. Pages.Data(File.ReadAllText(At)).GetProperty("panels").EnumerateArray()];

        Assert.Equal((0, $"hoststub: {At} shows the results.\n"), (code, error));
        Bars("Energy over the oracle's", governor => governor.GetProperty("energy_ratio"));
        Assert.Equal("min (1 of 2 invalid)", panels.Single(panel => Text(panel, "title") == "Energy over the oracle's").GetProperty("rows")[3].GetString());
        Bars("p99.9 delay", governor => governor.GetProperty("delay_us").GetProperty("p999"));
        Bars("Lost without need", governor => governor.GetProperty("excess_loss"));
        Assert.Contains(panels.Single(panel => Text(panel, "title").EndsWith("by workload", StringComparison.Ordinal)).GetProperty("rows").EnumerateArray(), row => row[0].GetString() == "poisson-70" && row[4].GetString() == "NO");

        await using OpenedPage opened = await browser.Open(File.ReadAllText(At), width: 360);
        Assert.Equal([], opened.Complaints);
        Assert.Equal(360, await opened.Read<int>("document.documentElement.scrollWidth"));

        void Bars(string title, Func<JsonElement, JsonElement> figure)
        {
            JsonElement panel = panels.Single(panel => Text(panel, "title") == title);
            Assert.Equal(["optimal-available", "ondemand", "max", "min"], panel.GetProperty("rows").EnumerateArray().Select(row => row.GetString()!.Replace(" (1 of 2 invalid)", "", StringComparison.Ordinal)));
            foreach ((JsonElement governor, JsonElement bar) in governors.Zip(panel.GetProperty("bars")[0].GetProperty("y").EnumerateArray()))
            {
                double expected = figure(governor).GetDouble();
                Assert.Equal(expected, bar.GetDouble(), expected * 1e-4);
            }
        }
    }

    [Fact]
    public void The_frontier_is_a_curve_with_the_others_beside_it()
    {
        (int code, string output, _) = Simulate.Run(["--json", "--report", At, "--frontier", "--governor", "optimal-available,max", "--traffic", "poisson-30", .. Simulate.Short]);
        JsonElement[] points = [.. Simulate.Lines(output)[^1].GetProperty("points").EnumerateArray()];
        JsonElement[] curves = [.. Pages.Data(File.ReadAllText(At)).GetProperty("panels")[0].GetProperty("curves").EnumerateArray()];

        Assert.Equal(0, code);
        Assert.Equal([$"{FrontierCurve.Governor} by delay bound", "others"], curves.Select(curve => Text(curve, "name")));
        Assert.Equal(points.Length, curves.Sum(curve => curve.GetProperty("x").GetArrayLength()));
        Assert.Equal(points[^1].GetProperty("watts").GetDouble(), curves[1].GetProperty("y")[0].GetDouble(), 1e-3);
        Assert.Single(curves[0].GetProperty("label").EnumerateArray(), label => label.GetString()!.Length > 0);
    }

    [Fact]
    public void What_cannot_be_made_is_refused_before_anything_is_simulated()
    {
        Refused("Cannot write --report", "--report", Path.Combine(_folder, "none/report.html"));
        Refused("it is a folder", "--report", _folder);
        Refused("--report takes the path of a file.", "--report", "");
        Refused("leave out --tune", "--report", At, "--tune", "--governor", "optimal-available");
        File.WriteAllText(At, "{}");
        Refused("names a file that this command reads", "--report", At, "--pcap", At);
        Assert.Equal("{}", File.ReadAllText(At));
        Assert.Equal([At], Directory.GetFiles(_folder));

        static void Refused(string words, params string[] arguments)
        {
            (int code, string output, string error) = Simulate.Run(arguments);
            Assert.Equal((1, ""), (code, output));
            Assert.Contains(words, error, StringComparison.Ordinal);
        }
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
