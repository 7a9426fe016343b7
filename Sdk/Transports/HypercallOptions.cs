using PollScale.Hypercall;

namespace PollScale.Transports;

/// <summary>A PollScale host that shows itself in CPUID, or that the hypercall instruction, tried in a child process, finds.</summary>
public sealed record HypercallOptions : FrequencyTransportOptions
{
    /// <summary>One doorbell, and only that; <see cref="Doorbells.None"/>, the default, takes the best one offered (hypercall, port, mmio).</summary>
    public Doorbells Doorbell { get; init; }
}
