using System.Net;

namespace PollScale.HostStub.Serve.Metering;

/// <summary>Where serve's metrics go.</summary>
internal sealed record MetricsOptions
{
    /// <summary>Where they are served to Prometheus; null for nowhere.</summary>
    public IPEndPoint? Listen { get; init; }

    /// <summary>They are sent to a collector, by OTLP.</summary>
    public bool Sends { get; init; }

    /// <summary>The collector, as the command line names it; null where OpenTelemetry's variables do, or it is the usual one of this machine.</summary>
    public Uri? Collector { get; init; }

    /// <summary>OpenTelemetry's variables say how the collector is spoken to; else its port does.</summary>
    public bool HasProtocol { get; init; }

    /// <summary>What is wrong with these variables; null for nothing.</summary>
    public string? Problem { get; init; }

    /// <summary>They go anywhere, or were to.</summary>
    public bool IsAny => Listen is not null || Sends || Problem is not null;
}
