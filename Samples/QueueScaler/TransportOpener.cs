using PollScale.Cpufreq;
using PollScale.Hypercall;
using PollScale.Samples.QueueScaler.CommandLine;
using PollScale.Transports;

namespace PollScale.Samples.QueueScaler;

/// <summary>Opens the way to the host that the command line asks for.</summary>
internal static class TransportOpener
{
    /// <summary>Opens it.</summary>
    /// <exception cref="FrequencyControlUnavailableException">There is none, or not the wanted one.</exception>
    public static IFrequencyTransport Open(Options options) =>
        options.Doorbell == TransportChoice.Loopback ? new LoopbackTransport(emulated: true) : FrequencyTransport.Open(Way(options));

    private static FrequencyTransportOptions Way(Options options) => options.Doorbell switch
    {
        TransportChoice.Hypercall => new HypercallOptions { Doorbell = Doorbells.Hypercall },
        TransportChoice.Port => new HypercallOptions { Doorbell = Doorbells.Port },
        TransportChoice.Mmio => new HypercallOptions { Doorbell = Doorbells.Mmio },
        TransportChoice.Cpufreq => new CpufreqTransportOptions { Cpufreq = new CpufreqOptions { Cpu = options.Cpu >= 0 ? options.Cpu : null, RestoreOnSignals = true } },
        TransportChoice.GuestChannel => GuestChannel(options),
        _ when options.CallFd >= 0 => new SocketOptions(options.CallFd) { StatusPageFd = options.StatusFd },
        _ => new HypercallOptions(),
    };

    // A list of P-states is asked for to see what the host makes of each.
    private static GuestChannelOptions GuestChannel(Options options) => new()
    {
        Lcore = Math.Max(0, options.Cpu),
        ReplyTimeout = TimeSpan.FromMilliseconds(options.ReplyMs),
        ReadBack = options.Mode == RunMode.SetPStates,
    };
}
