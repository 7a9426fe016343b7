using PollScale.Hypercall;
using PollScale.Native;

namespace PollScale.Transports;

/// <summary>Finds the way to the host, for <see cref="FrequencyTransport"/>.</summary>
internal static class TransportProbe
{
    public static IFrequencyTransport Choose(FrequencyTransportOptions? options) =>
        Choose(options, HypervisorLeaves.Read, HypercallTransport.OpenByProbe);

    public static IReadOnlyList<TransportReport> Survey(TransportSurveyOptions? options) =>
        new TransportSurvey(options ?? new TransportSurveyOptions(), HypervisorLeaves.Read, () => HypercallDoorbell.Probe(Cpuid.Read)).Run();

    internal static IFrequencyTransport Choose(FrequencyTransportOptions? options, CpuidReader cpuid, Func<IFrequencyTransport> openByProbe) => options switch
    {
        CpufreqTransportOptions cpufreq => CpufreqTransport.Open(cpufreq.Cpufreq),
        GuestChannelOptions channel => new GuestChannelTransport(channel),
        SocketOptions { SocketFd: < 0 } socket => throw new ArgumentException(
            $"SocketOptions.SocketFd is {socket.SocketFd}; it must be the descriptor that the host stub handed down, 0 or more.", nameof(options)),
        SocketOptions socket => new SocketTransport(socket.SocketFd, socket.StatusPageFd),
        HypercallOptions hypercall => Doorbell(hypercall.Doorbell, cpuid, openByProbe),
        _ => Doorbell(Doorbells.None, cpuid, openByProbe),
    };

    private static IFrequencyTransport Doorbell(Doorbells doorbell, CpuidReader cpuid, Func<IFrequencyTransport> openByProbe)
    {
        if (CpuidDiscovery.Find(cpuid) is HostInterface host)
        {
            return HypercallTransport.Open(host, doorbell);
        }

        const string Looked = "CPUID 0x40000000 .. 0x4000ff00 shows no PollScale host";
        const string Remedy = "Run the application in a VM of a PollScale host stub (hoststub run), open CpufreqTransportOptions on bare metal or GuestChannelOptions in a VM that hoststub serves, "
            + "or give the scaler a LoopbackTransport to run without frequency control.";
        if (doorbell is not (Doorbells.None or Doorbells.Hypercall))
        {
            throw new FrequencyControlUnavailableException($"The {doorbell} doorbell was asked for, but {Looked}, which would say where it is. {Remedy}");
        }

        try
        {
            return openByProbe();
        }
        catch (FrequencyControlUnavailableException exception) when (exception is not AbiVersionMismatchException)
        {
            throw new FrequencyControlUnavailableException($"No way to set the frequency was found: {Looked}. {exception.Message} {Remedy}", exception);
        }
    }
}
