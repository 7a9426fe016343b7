using PollScale.Hypercall;
using PollScale.Samples.QueueScaler.CommandLine;
using PollScale.Transports;

namespace PollScale.Samples.QueueScaler;

/// <summary>Opens the way to the host that the command line asks for.</summary>
internal static class TransportOpener
{
    /// <summary>Opens it.</summary>
    /// <exception cref="FrequencyControlUnavailableException">There is none, or not the wanted one.</exception>
    public static IFrequencyTransport Open(Options options) => options.Doorbell == DoorbellChoice.Loopback
        ? throw new NotImplementedException()
        : TransportProbe.Choose(new TransportRequest
        {
            Doorbell = options.Doorbell switch
            {
                DoorbellChoice.Hypercall => Doorbells.Hypercall,
                DoorbellChoice.Port => Doorbells.Port,
                DoorbellChoice.Mmio => Doorbells.Mmio,
                _ => Doorbells.None,
            },
            SocketFd = options.CallFd,
            StatusPageFd = options.StatusFd,
        });
}
