using System.Text.Json;
using System.Text.RegularExpressions;
using PollScale.GuestChannel;
using PollScale.Native;
using PollScale.Tests.Shared.Control;
using PollScale.Tests.Shared.Tool;
using Xunit;

namespace PollScale.HostStub.Tests.Serve.Metering;

/// <summary>Metrics, dashboard and alert rules by the judgement of Debian's Prometheus, with a real serve.</summary>
[Collection("metrics of serve")] // each starts programs: one at a time
public partial class PrometheusTests
{
    private static readonly string s_examples = Path.Combine(AppContext.BaseDirectory, "examples");

    [Fact]
    public void Promtool_finds_nothing_to_mend_in_a_scrape()
    {
        PrometheusServer.Require();
        using ServedGuests guests = new();
        int port = Scrape.FreePort();
        using ServeProcess serve = Serve(guests, port);
        using StreamDescriptor a = guests.Connect("a");
        ServedGuests.Ask(a, 3, ChannelLab.Scale(ScaleUnit.Min), ReplyCommand.Ack);

        Scrape scrape = Scrape.Of(port, scrape => scrape.Names.Contains("pollscale_host_request_duration_seconds_bucket"));
        Assert.Equal((0, ""), PrometheusServer.Promtool(s_examples, scrape.Text, "check", "metrics"));
        serve.EndTelling();
    }

    [Fact]
    public void The_alert_rules_are_valid_and_each_is_tested()
    {
        PrometheusServer.Require();
        (int status, string said) = PrometheusServer.Promtool(s_examples, null, "check", "config", "prometheus.yaml");
        Assert.True(status == 0, said);
        (status, said) = PrometheusServer.Promtool(s_examples, null, "test", "rules", "alerts-test.yaml");
        Assert.True(status == 0, said);

        string tests = File.ReadAllText(Path.Combine(s_examples, "alerts-test.yaml"));
        Assert.All(Alert().Matches(File.ReadAllText(Path.Combine(s_examples, "alerts.yaml"))).Select(match => match.Groups[1].Value),
            alert => Assert.Matches($@"alertname: {alert}\s+exp_alerts:\s+- exp_labels", tests));
    }

    [Fact]
    public void Each_query_of_the_dashboard_has_data_and_each_rule_names_metrics_that_are_there()
    {
        PrometheusServer.Require();
        using ServedGuests guests = new();
        int port = Scrape.FreePort();
        using ServeProcess serve = Serve(guests, port);
        using PrometheusServer prometheus = new(Path.GetDirectoryName(guests.Policy)!, port, Path.Combine(s_examples, "alerts.yaml"));
        using StreamDescriptor a = guests.Connect("a"), b = guests.Connect("b");
        prometheus.WaitForScrapes();
        for (int i = 0; i < 20; i++)
        {
            ServedGuests.Ask(a, 5, ChannelLab.Scale(i % 2 == 0 ? ScaleUnit.Min : ScaleUnit.Max), ReplyCommand.Ack);
            ServedGuests.Ask(b, 1, ChannelLab.Scale(ScaleUnit.Min), ReplyCommand.Nack);
            Thread.Sleep(100);
        }

        ChannelLab.Until(() => prometheus.Query("""sum(pollscale_host_requests_total{result="acked"}) == 100""").Length > 0, "What was asked does not arrive.");
        using JsonDocument dashboard = JsonDocument.Parse(File.ReadAllText(Path.Combine(s_examples, "dashboard.json")));
        string[] queries = [.. dashboard.RootElement.GetProperty("panels").EnumerateArray().Where(panel => panel.TryGetProperty("targets", out _))
            .SelectMany(panel => panel.GetProperty("targets").EnumerateArray()).Select(target => target.GetProperty("expr").GetString()!)];
        Assert.True(queries.Length > 20, $"{queries.Length}");
        Assert.All(queries, query => Assert.NotEmpty(prometheus.Query(Filled(query))));
        Assert.Equal(["a", "b"], prometheus.Query("""count by (guest) (pollscale_host_vcpu_control)""").Select(result => result.GetProperty("metric").GetProperty("guest").GetString()).Order());

        ChannelLab.Until(() => prometheus.Rules().All(rule => rule.GetProperty("health").GetString() == "ok"), "A rule is not evaluated.");
        Assert.All(prometheus.Rules().SelectMany(rule => Metric().Matches(rule.GetProperty("query").GetString()!)).Select(match => match.Value).Distinct(), name => Assert.NotEmpty(prometheus.Query(name)));
        serve.EndTelling();
    }

    private static ServeProcess Serve(ServedGuests guests, int port) =>
        new("--policy", guests.Write("a control: true", "b control: false"), "--audit", guests.At("audit.jsonl"), "--metrics", $"127.0.0.1:{port}");

    // As Grafana fills them in.
    private static string Filled(string query)
    {
        string filled = query.Replace("$instance", ".*", StringComparison.Ordinal).Replace("$guest", ".*", StringComparison.Ordinal).Replace("$__rate_interval", "1m", StringComparison.Ordinal);
        Assert.DoesNotContain("$", filled, StringComparison.Ordinal);
        return filled;
    }

    [GeneratedRegex(@"- alert: (\w+)")]
    private static partial Regex Alert();

    [GeneratedRegex(@"\bpollscale_\w+|\bsystem_cpu_\w+")]
    private static partial Regex Metric();
}
