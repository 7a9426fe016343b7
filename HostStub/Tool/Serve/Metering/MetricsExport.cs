using System.Net;
using System.Reflection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using PollScale.HostStub.Metrics;
using PollScale.Placement;
using PollScale.Telemetry;

namespace PollScale.HostStub.Serve.Metering;

/// <summary>Serves and sends the meter, by OpenTelemetry's exporters; from any thread. What they do is on threads of theirs, and no request waits for it.</summary>
internal sealed class MetricsExport : IDisposable
{
    private const int GrpcPort = 4317;
    private const string Path = "/metrics/", SignalPath = "v1/metrics", ServiceName = "hoststub";

    private static readonly string s_version = typeof(MetricsExport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    private readonly CollectorWatch? _watch;
    private readonly HostMeter _meter;
    private readonly MeterProvider _provider;
    private readonly MetricsOptions _options;
    private readonly ILogger _log;
    private volatile Func<MeterReading> _read = () => MeterReading.None;
    private volatile Func<HistogramSnapshot> _latencies = () => HistogramSnapshot.Sum();
    private volatile HostThread? _ending;

    /// <summary>Begins: nothing is shown before <see cref="Show"/>.</summary>
    /// <param name="options">Where metrics go; somewhere.</param>
    /// <param name="log">Takes what the operator should know.</param>
    /// <exception cref="MetricsException">They cannot be served or sent as asked.</exception>
    public MetricsExport(MetricsOptions options, ILogger log)
    {
        if (options.Problem is string problem)
        {
            throw new MetricsException(problem);
        }

        (_options, _log) = (options, log);
        _watch = options.Sends ? new CollectorWatch(log) : null;
        _meter = new HostMeter(() => _read(), () => _latencies());
        MeterProviderBuilder builder = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(resource => resource.AddService(ServiceName, serviceVersion: s_version, autoGenerateServiceInstanceId: false, serviceInstanceId: Environment.MachineName).AddEnvironmentVariableDetector())
            .AddMeter(HostMeter.Name)
            .AddView(instrument => HostMeter.MostSeries(instrument) is > 0 and int most ? new MetricStreamConfiguration { CardinalityLimit = most } : null);
        if (options.Listen is IPEndPoint listen)
        {
            builder.AddPrometheusHttpListener(listener => Listen(listener, listen));
        }

        if (options.Sends)
        {
            builder.AddOtlpExporter((exporter, _) => Send(exporter, options));
        }

        try
        {
            _provider = builder.Build();
        }
        catch (Exception e) when (options.Listen is not null && Cause(e) is HttpListenerException cause)
        {
            _meter.Dispose();
            _watch?.Dispose();
            throw new MetricsException($"Metrics cannot be served at {options.Listen}: {cause.Message.TrimEnd('.')}. Give another address or port to --metrics; `ss -ltnp` says who has this one.", e) { IsMachines = true };
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException or InvalidOperationException or UriFormatException)
        {
            _meter.Dispose();
            _watch?.Dispose();
            throw new MetricsException($"Metrics cannot be sent as OpenTelemetry's variables say: {e.Message}", e);
        }
    }

    /// <summary>Shows a running daemon from now on.</summary>
    /// <param name="read">Reads it; waits for nothing.</param>
    /// <param name="latencies">All its service latencies so far, in ns.</param>
    public void Show(Func<MeterReading> read, Func<HistogramSnapshot> latencies)
    {
        (_read, _latencies) = (read, latencies);
        _meter.Follow();
        if (_options.Listen is IPEndPoint listen)
        {
            (IPAddress.IsLoopback(listen.Address) ? (Action<ILogger, string>)MetricsLog.MetricsServed : MetricsLog.MetricsOpen)(_log, $"{listen}");
        }
    }

    /// <summary>Takes up latencies; to be called about once a second.</summary>
    public void Tick() => _meter.RecordLatencies();

    /// <summary>Another policy may be in force.</summary>
    /// <param name="isInForce">It is; else it was refused.</param>
    public void Reloaded(bool isInForce)
    {
        _meter.CountReload(isInForce);
        _meter.Follow();
    }

    /// <summary>Begins to end: what is left is sent once more.</summary>
    public void BeginEnd()
    {
        HostThread ending = new("metrics", Dispose);
        ending.Start();
        _ending = ending;
    }

    /// <summary>Waits for the end.</summary>
    /// <returns>False when a collector or a scraper holds it up.</returns>
    public bool HasEnded(TimeSpan patience) => _ending is not HostThread ending || ending.Join(patience);

    /// <summary>Ends, and waits for whoever holds it up.</summary>
    public void Dispose()
    {
        _provider.Dispose();
        _meter.Dispose();
        _watch?.Dispose();
    }

    private static void Listen(PrometheusHttpListenerOptions options, IPEndPoint at)
    {
        options.ScopeInfoEnabled = false; // there is one meter
        options.ConfigureHttpListener = (_, listener) =>
        {
            listener.Prefixes.Clear();
            listener.Prefixes.Add($"http://{(at.Address.Equals(IPAddress.Any) ? "*" : at.Address)}:{at.Port}{Path}");
            if (at.Address.Equals(IPAddress.Loopback) && IsLocalhost(at.Address))
            {
                listener.Prefixes.Add($"http://localhost:{at.Port}{Path}"); // it answers to the names it knows only
            }
        };
    }

    private static bool IsLocalhost(IPAddress address)
    {
        try
        {
            return Dns.GetHostAddresses("localhost")[0].Equals(address);
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false; // no such name here
        }
    }

    // Where nobody says which protocol, the port does: that of gRPC, or any other for HTTP.
    private static void Send(OtlpExporterOptions exporter, MetricsOptions options)
    {
        Uri endpoint = options.Collector ?? exporter.Endpoint;
        if (!options.HasProtocol && endpoint.Port != GrpcPort)
        {
            exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
        }

        if (options.Collector is Uri collector)
        {
            exporter.Endpoint = exporter.Protocol != OtlpExportProtocol.HttpProtobuf || collector.AbsolutePath.EndsWith(SignalPath, StringComparison.Ordinal) ? collector
                : new Uri($"{collector.GetLeftPart(UriPartial.Path).TrimEnd('/')}/{SignalPath}{collector.Query}");
        }
    }

    private static Exception? Cause(Exception? e)
    {
        while (e is not null and not HttpListenerException)
        {
            e = e.InnerException;
        }

        return e;
    }
}
