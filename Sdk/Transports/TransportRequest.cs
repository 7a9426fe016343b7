using PollScale.Cpufreq;
using PollScale.Hypercall;

namespace PollScale.Transports;

/// <summary>Which transport to open.</summary>
public sealed record TransportRequest
{
    /// <summary>One doorbell, and only that; <see cref="Doorbells.None"/> takes the best one offered (hypercall, port, mmio).</summary>
    public Doorbells Doorbell { get; init; }

    /// <summary>Inherited SOCK_SEQPACKET descriptor of a host stub that runs this process beside itself; -1 for none.</summary>
    public int SocketFd { get; init; } = -1;

    /// <summary>Inherited descriptor of a status page, used with <see cref="SocketFd"/>; -1 for none.</summary>
    public int StatusPageFd { get; init; } = -1;

    /// <summary>
    /// Sets the real frequency through cpufreq instead of calling a host: for bare metal and containers. Null, the default, leaves the
    /// machine's frequency settings alone. <c>new()</c> controls the CPU that the thread is pinned to.
    /// </summary>
    public CpufreqOptions? Cpufreq { get; init; }

    /// <summary>Takes DPDK's guest channel, and only that; null, the default, does not look for one.</summary>
    public GuestChannelOptions? GuestChannel { get; init; }
}
