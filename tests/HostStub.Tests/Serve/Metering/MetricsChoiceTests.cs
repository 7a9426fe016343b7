using System.Net;
using PollScale.HostStub.Serve.Metering;
using Xunit;

namespace PollScale.HostStub.Tests.Serve.Metering;

public class MetricsChoiceTests
{
    private static readonly IPEndPoint s_given = new(IPAddress.Loopback, 1);
    private static readonly Uri s_collector = new("http://collector:4318");

    [Fact]
    public void Without_a_word_metrics_go_nowhere() => Assert.False(Choose(new MetricsOptions()).IsAny);

    [Theory]
    [InlineData("OTEL_METRICS_EXPORTER=prometheus", "127.0.0.1:9464", false)]
    [InlineData("OTEL_METRICS_EXPORTER=prometheus OTEL_EXPORTER_PROMETHEUS_PORT=77 OTEL_EXPORTER_PROMETHEUS_HOST=10.0.0.1", "10.0.0.1:77", false)]
    [InlineData("OTEL_METRICS_EXPORTER=prometheus OTEL_EXPORTER_PROMETHEUS_HOST=*", "0.0.0.0:9464", false)]
    [InlineData("OTEL_METRICS_EXPORTER=prometheus,otlp", "127.0.0.1:9464", true)]
    [InlineData("OTEL_METRICS_EXPORTER=otlp", null, true)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318", null, true)]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=http://c:4318/v1/metrics", null, true)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318 OTEL_METRICS_EXPORTER=none", null, false)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318 OTEL_SDK_DISABLED=true", null, false)]
    [InlineData("OTEL_EXPORTER_PROMETHEUS_PORT=77", null, false)]
    public void OpenTelemetrys_variables_say_it_as_for_other_programs(string variables, string? listen, bool sends)
    {
        MetricsOptions chosen = Choose(new MetricsOptions(), variables);

        Assert.Equal((listen, sends, null), (chosen.Listen?.ToString(), chosen.Sends, chosen.Problem));
    }

    [Fact]
    public void The_command_line_comes_before_them()
    {
        MetricsOptions chosen = Choose(new MetricsOptions { Listen = s_given, Sends = true, Collector = s_collector }, "OTEL_METRICS_EXPORTER=prometheus OTEL_EXPORTER_OTLP_ENDPOINT=http://other:1");

        Assert.Equal((s_given, s_collector), (chosen.Listen, chosen.Collector));
    }

    [Theory]
    [InlineData("OTEL_SDK_DISABLED=true", "OTEL_SDK_DISABLED=true switches metrics off")]
    public void What_is_asked_for_and_switched_off_is_refused(string variables, string problem) =>
        Assert.StartsWith(problem, Choose(new MetricsOptions { Listen = s_given }, variables).Problem, StringComparison.Ordinal);

    [Fact]
    public void A_host_that_is_no_address_is_refused() =>
        Assert.StartsWith("OTEL_EXPORTER_PROMETHEUS_HOST and _PORT make [::1]:9464;", Choose(new MetricsOptions(), "OTEL_METRICS_EXPORTER=prometheus OTEL_EXPORTER_PROMETHEUS_HOST=[::1]").Problem, StringComparison.Ordinal);

    [Theory]
    [InlineData("127.0.0.1:9464", "127.0.0.1:9464")]
    [InlineData("localhost:1", "127.0.0.1:1")]
    [InlineData("0.0.0.0:65535", "0.0.0.0:65535")]
    [InlineData("9464", null)]
    [InlineData(":9464", null)]
    [InlineData("127.0.0.1", null)]
    [InlineData("127.1:9464", null)]
    [InlineData("127.0.0.1:0", null)]
    [InlineData("127.0.0.1:65536", null)]
    [InlineData("127.0.0.1:+1", null)]
    [InlineData("[::1]:9464", null)]
    [InlineData("host:9464", null)]
    public void A_place_to_listen_at_is_an_address_and_a_port(string text, string? expected)
    {
        Assert.Equal(expected is not null, MetricsChoice.TryListen(text, out IPEndPoint? listen));
        Assert.Equal(expected, listen?.ToString());
    }

    [Theory]
    [InlineData("http://localhost:4318", true)]
    [InlineData("https://collector/prefix", true)]
    [InlineData("localhost:4318", false)]
    [InlineData("file:///tmp/x", false)]
    [InlineData("", false)]
    public void A_collector_is_a_URL(string text, bool isOne) => Assert.Equal(isOne, MetricsChoice.TryCollector(text, out _));

    private static MetricsOptions Choose(MetricsOptions given, string variables = "")
    {
        Dictionary<string, string> set = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(variable => variable.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        return MetricsChoice.Of(given, set.GetValueOrDefault);
    }
}
