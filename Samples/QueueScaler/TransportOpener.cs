using PollScale.Cpufreq;
using PollScale.Hypercall;
using PollScale.Samples.QueueScaler.CommandLine;
using PollScale.Shadow;
using PollScale.Transports;

namespace PollScale.Samples.QueueScaler;

/// <summary>Opens the way to the host that the command line asks for.</summary>
internal static class TransportOpener
{
    /// <summary>Opens it.</summary>
    /// <param name="host">The way.</param>
    /// <param name="readBack">A guest channel asks after each request what became of it.</param>
    /// <exception cref="FrequencyControlUnavailableException">There is none, or not the wanted one.</exception>
    public static IFrequencyTransport Open(HostOptions host, bool readBack = false)
    {
        IFrequencyTransport transport = host.Doorbell switch
        {
            TransportChoice.Loopback => new LoopbackTransport(emulated: true),
            TransportChoice.Shadow => new ShadowTransport(),
            _ => FrequencyTransport.Open(Way(host, readBack)),
        };
        if (transport.DoorbellNote is string note)
        {
            Output.Error(note);
        }

        return transport;
    }

    private static FrequencyTransportOptions? Way(HostOptions host, bool readBack) => host.Doorbell switch
    {
        TransportChoice.Hypercall => new HypercallOptions { Doorbell = Doorbells.Hypercall },
        TransportChoice.Port => new HypercallOptions { Doorbell = Doorbells.Port },
        TransportChoice.Mmio => new HypercallOptions { Doorbell = Doorbells.Mmio },
        TransportChoice.Region or TransportChoice.RegionHypercall => new RegionOptions
        {
            Cpu = Pin(host.Cpu),
            AnswerTimeout = TimeSpan.FromMilliseconds(host.ReplyMs),
            RingByHypercall = host.Doorbell == TransportChoice.RegionHypercall,
        },
        TransportChoice.Cpufreq => new CpufreqTransportOptions { Cpufreq = new CpufreqOptions { Cpu = host.Cpu >= 0 ? host.Cpu : null, RestoreOnSignals = true } },
        TransportChoice.GuestChannel => new GuestChannelOptions { Lcore = Math.Max(0, host.Cpu), ReplyTimeout = TimeSpan.FromMilliseconds(host.ReplyMs), ReadBack = readBack },
        _ when host.CallFd >= 0 => new SocketOptions(host.CallFd) { StatusPageFd = host.StatusFd },
        _ => Best(host.Cpu),
    };

    // Of what a VM may have only the shared page asks for a pinned thread.
    private static FrequencyTransportOptions? Best(int cpu)
    {
        if (RegionDiscovery.Devices("/").Count > 0)
        {
            _ = Pin(cpu);
        }

        return null;
    }

    // A slot of the shared page is a vCPU's: the thread has to stay on it.
    private static int Pin(int cpu) => CpuPinning.Apply(ThreadPinning.Pin, cpu >= 0 ? cpu : null).Cpu;
}
