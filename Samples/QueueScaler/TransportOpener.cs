using PollScale.Cpufreq;
using PollScale.Hypercall;
using PollScale.Samples.QueueScaler.CommandLine;
using PollScale.Transports;

namespace PollScale.Samples.QueueScaler;

/// <summary>Opens the way to the host that the command line asks for.</summary>
internal static class TransportOpener
{
    /// <summary>Opens it.</summary>
    /// <param name="host">The way.</param>
    /// <param name="readBack">A guest channel asks after each request what became of it.</param>
    /// <exception cref="FrequencyControlUnavailableException">There is none, or not the wanted one.</exception>
    public static IFrequencyTransport Open(HostOptions host, bool readBack = false) =>
        host.Doorbell == TransportChoice.Loopback ? new LoopbackTransport(emulated: true) : FrequencyTransport.Open(Way(host, readBack));

    private static FrequencyTransportOptions Way(HostOptions host, bool readBack) => host.Doorbell switch
    {
        TransportChoice.Hypercall => new HypercallOptions { Doorbell = Doorbells.Hypercall },
        TransportChoice.Port => new HypercallOptions { Doorbell = Doorbells.Port },
        TransportChoice.Mmio => new HypercallOptions { Doorbell = Doorbells.Mmio },
        TransportChoice.Cpufreq => new CpufreqTransportOptions { Cpufreq = new CpufreqOptions { Cpu = host.Cpu >= 0 ? host.Cpu : null, RestoreOnSignals = true } },
        TransportChoice.GuestChannel => new GuestChannelOptions { Lcore = Math.Max(0, host.Cpu), ReplyTimeout = TimeSpan.FromMilliseconds(host.ReplyMs), ReadBack = readBack },
        _ when host.CallFd >= 0 => new SocketOptions(host.CallFd) { StatusPageFd = host.StatusFd },
        _ => new HypercallOptions(),
    };
}
