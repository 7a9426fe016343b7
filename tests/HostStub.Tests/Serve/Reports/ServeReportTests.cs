using System.Text.Json;
using Microsoft.Extensions.Logging;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Log;
using PollScale.HostStub.Report;
using PollScale.HostStub.Report.Kit;
using PollScale.HostStub.Serve.Reports;
using PollScale.Telemetry;
using Xunit;

namespace PollScale.HostStub.Tests.Serve.Reports;

public class ServeReportTests
{
    [Fact]
    public void Idle_channels_are_written_once_and_then_only_those_that_changed()
    {
        StringWriter output = new();
        ChangedChannels report = new(new JsonLines(output, ReportJson.Default));
        ChannelSnapshot[] channels = [.. Enumerable.Range(0, 1600).Select(i => Channel($"vm{i}"))];
        report.Show(Line(LineType.Start, 0, channels));
        int start = output.ToString().Length;
        for (int second = 1; second < 60; second++)
        {
            report.Show(Line(LineType.Sample, second, channels));
        }

        Assert.Equal(start, output.ToString().Length);
        channels[700] = channels[700] with { Requests = 1 };
        report.Show(Line(LineType.Sample, 60, channels));
        report.Show(Line(LineType.Sample, 61, channels));
        report.Show(Line(LineType.Notice, 62, channels) with { Events = [Told("heat")] });
        report.Show(Line(LineType.Sample, 122, channels));
        report.Show(Line(LineType.Change, 123, channels) with { Events = [Told("in force")] });
        report.Show(Line(LineType.Summary, 124, channels));

        JsonElement[] lines = Lines(output);
        Assert.Equal(["start", "sample", "notice", "sample", "change", "summary"], lines.Select(l => l.GetProperty("type").GetString()));
        Assert.Equal([null, null, "heat", null, "in force", null], lines.Select(l => l.GetProperty("message").GetString()));
        JsonElement heat = Assert.Single(lines[2].GetProperty("events").EnumerateArray());
        Assert.Equal(
            ("information", 160, "PolicyOddity", "heat"),
            (heat.GetProperty("level").GetString(), heat.GetProperty("id").GetInt32(), heat.GetProperty("name").GetString(), heat.GetProperty("fields").GetProperty("text").GetString()));
        Assert.Equal([1600, 1, 0, 0, 1600, 1600], lines.Select(l => l.GetProperty("channels").GetArrayLength()));
        Assert.Equal(("vm700", 1), (lines[1].GetProperty("channels")[0].GetProperty("guest").GetString(), lines[1].GetProperty("channels")[0].GetProperty("requests").GetInt32()));
    }

    [Fact]
    public void Of_few_channels_each_line_has_all()
    {
        StringWriter output = new();
        ChangedChannels report = new(new JsonLines(output, ReportJson.Default));
        ChannelSnapshot[] channels = [.. Enumerable.Range(0, ChangedChannels.Few).Select(i => Channel($"vm{i}"))];
        report.Show(Line(LineType.Start, 0, channels));
        report.Show(Line(LineType.Sample, 1, channels));
        channels[^1] = channels[^1] with { Problem = "gone" };
        report.Show(Line(LineType.Sample, 2, channels));
        report.Show(Line(LineType.Notice, 3, channels) with { Events = [Told("heat")] });

        JsonElement[] lines = Lines(output);
        Assert.Equal(["start", "sample", "notice"], lines.Select(l => l.GetProperty("type").GetString()));
        Assert.All(lines, line => Assert.Equal(ChangedChannels.Few, line.GetProperty("channels").GetArrayLength()));
    }

    [Fact]
    public void A_report_that_cannot_be_written_is_told_once_and_ends_nothing()
    {
        List<string> told = [];
        FailingReport inner = new();
        GuardedReport report = new(inner, told.Add);
        foreach (bool fails in (bool[])[false, true, true, true, false, false])
        {
            inner.Fails = fails;
            report.Show(Line(LineType.Sample, 0, []));
        }

        inner.Fails = true;
        report.Dispose();
        Assert.Equal(["The report cannot be written to standard output: full. Serving goes on without it.", "The report can be written again."], told);
    }

    private static JsonElement[] Lines(StringWriter output) =>
        [.. output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    private static LogEvent Told(string message) => new(LogLevel.Information, 160, "PolicyOddity", message, new Dictionary<string, string> { ["text"] = message });

    private static ServeLine Line(LineType type, double timeS, IReadOnlyList<ChannelSnapshot> channels) => new(type)
    {
        TimeS = timeS,
        Channels = [.. channels],
        LatencyUs = Percentiles.None,
    };

    private static ChannelSnapshot Channel(string guest) => QuietChannel.Of(guest, $"connect:/run/{guest}");

    private sealed class FailingReport : IReport
    {
        public bool Fails { get; set; }

        public void Show(ReportLine line)
        {
            if (Fails)
            {
                throw new IOException("full");
            }
        }

        public void Dispose() => Show(null!);
    }
}
