using PollScale.Cpufreq;
using PollScale.Hypercall;
using PollScale.Samples.QueueScaler.CommandLine;
using PollScale.Transports;

namespace PollScale.Samples.QueueScaler;

/// <summary>Opens the way to the host that the command line asks for.</summary>
internal static class TransportOpener
{
    private const uint LoopbackLatencyNs = 10_000;

    private static ReadOnlySpan<uint> LoopbackKHz => [3_000_000, 2_600_000, 2_200_000, 1_800_000, 1_400_000, 1_000_000];

    /// <summary>Opens it.</summary>
    /// <exception cref="FrequencyControlUnavailableException">There is none, or not the wanted one.</exception>
    public static IFrequencyTransport Open(Options options) => options.Doorbell == DoorbellChoice.Loopback
        ? new LoopbackTransport(new PStateTable(LoopbackKHz, 0, LoopbackKHz.Length - 1, LoopbackLatencyNs), emulated: true)
        : TransportProbe.Choose(new TransportRequest
        {
            Doorbell = options.Doorbell switch
            {
                DoorbellChoice.Hypercall => Doorbells.Hypercall,
                DoorbellChoice.Port => Doorbells.Port,
                DoorbellChoice.Mmio => Doorbells.Mmio,
                _ => Doorbells.None,
            },
            Cpufreq = options.Doorbell == DoorbellChoice.Cpufreq ? new CpufreqOptions { Cpu = options.Cpu >= 0 ? options.Cpu : null } : null,
            GuestChannel = options.Doorbell == DoorbellChoice.GuestChannel ? GuestChannel(options) : null,
            SocketFd = options.CallFd,
            StatusPageFd = options.StatusFd,
        });

    // A list of P-states is asked for to see what the host makes of each.
    private static GuestChannelOptions GuestChannel(Options options) => new()
    {
        Lcore = Math.Max(0, options.Cpu),
        ReplyTimeout = TimeSpan.FromMilliseconds(options.ReplyMs),
        ReadBack = options.Mode == RunMode.SetPStates,
    };
}
