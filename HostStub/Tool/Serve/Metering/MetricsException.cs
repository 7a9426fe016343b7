namespace PollScale.HostStub.Serve.Metering;

/// <summary>Metrics cannot be served or sent as asked; the message says why and what to do.</summary>
internal sealed class MetricsException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>True when what was asked for may be right, and this machine is what stands in the way.</summary>
    public bool IsMachines { get; init; }
}
