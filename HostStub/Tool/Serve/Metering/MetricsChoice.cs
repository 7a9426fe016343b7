using System.Globalization;
using System.Net;
using System.Net.Sockets;
using PollScale.HostStub.Report;

namespace PollScale.HostStub.Serve.Metering;

/// <summary>
/// Where metrics are to go: what the command line says, else what OpenTelemetry's variables do (OTEL_METRICS_EXPORTER, OTEL_EXPORTER_PROMETHEUS_HOST and _PORT,
/// OTEL_EXPORTER_OTLP_...), as other programs take them; by default nowhere.
/// </summary>
internal static class MetricsChoice
{
    /// <summary>What is right for --metrics.</summary>
    public const string ListenForm = "ADDRESS:PORT, an IPv4 address of this machine or localhost, and 0.0.0.0 for all of them, such as 127.0.0.1:9464";

    /// <summary>What is right for --otlp.</summary>
    public const string CollectorForm = "the URL of a collector, such as http://localhost:4318";

    private const string UsualPort = "9464", AllHosts = "*";

    /// <summary>Chooses.</summary>
    /// <param name="given">What the command line says.</param>
    /// <param name="variable">Value of an environment variable, or null.</param>
    public static MetricsOptions Of(MetricsOptions given, Func<string, string?> variable)
    {
        if (string.Equals(variable("OTEL_SDK_DISABLED"), "true", StringComparison.OrdinalIgnoreCase))
        {
            return given.IsAny ? new MetricsOptions { Problem = "OTEL_SDK_DISABLED=true switches metrics off, and --metrics or --otlp asks for them: leave one of the two out." } : given;
        }

        string[] exporters = variable("OTEL_METRICS_EXPORTER")?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        IPEndPoint? listen = given.Listen;
        if (listen is null && exporters.Contains("prometheus"))
        {
            string host = Text(variable("OTEL_EXPORTER_PROMETHEUS_HOST")) ?? "localhost", port = Text(variable("OTEL_EXPORTER_PROMETHEUS_PORT")) ?? UsualPort;
            if (!TryListen($"{(host == AllHosts ? IPAddress.Any.ToString() : host)}:{port}", out listen))
            {
                return new MetricsOptions { Problem = $"OTEL_EXPORTER_PROMETHEUS_HOST and _PORT make {SafeText.Line($"{host}:{port}")}; what can be listened at is {ListenForm}." };
            }
        }

        bool hasEndpoint = Any(variable, "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT");
        return given with
        {
            Listen = listen,
            Sends = given.Sends || exporters.Contains("otlp") || (exporters.Length == 0 && hasEndpoint),
            HasProtocol = Any(variable, "OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL"),
        };
    }

    /// <summary>Reads a place to listen at.</summary>
    public static bool TryListen(string text, out IPEndPoint? listen)
    {
        listen = null;
        int colon = text.LastIndexOf(':');
        if (colon < 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) || port == 0)
        {
            return false;
        }

        string host = text[..colon] == "localhost" ? IPAddress.Loopback.ToString() : text[..colon];
        if (IPAddress.TryParse(host, out IPAddress? address) && address.AddressFamily == AddressFamily.InterNetwork && address.ToString() == host)
        {
            listen = new IPEndPoint(address, port);
        }

        return listen is not null;
    }

    /// <summary>Reads a collector's URL.</summary>
    public static bool TryCollector(string text, out Uri? collector) =>
        Uri.TryCreate(text, UriKind.Absolute, out collector) && collector.Scheme is "http" or "https" && collector.Host.Length > 0;

    private static bool Any(Func<string, string?> variable, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (Text(variable(name)) is not null)
            {
                return true;
            }
        }

        return false;
    }

    private static string? Text(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();
}
