using PollScale.Clock;
using PollScale.Hypercall;
using PollScale.Native;

namespace PollScale.Transports;

/// <summary>Finds the way to the host, for <see cref="FrequencyTransport"/>.</summary>
internal static class TransportProbe
{
    private const string Remedy = "Run the application in a VM of a PollScale host stub (hoststub run), give its VM the shared page or a guest channel of hoststub serve (RegionOptions, GuestChannelOptions), "
        + "open CpufreqTransportOptions on bare metal, or give the scaler a LoopbackTransport to run without frequency control.";

    public static IFrequencyTransport Choose(FrequencyTransportOptions? options) =>
        Choose(options, HypervisorLeaves.Read, HypercallTransport.OpenByProbe, OpenRegion);

    public static IReadOnlyList<TransportReport> Survey(TransportSurveyOptions? options) =>
        new TransportSurvey(options ?? new TransportSurveyOptions(), HypervisorLeaves.Read, () => HypercallDoorbell.Probe(Cpuid.Read), Cpuid.Read).Run();

    internal static IFrequencyTransport Choose(
        FrequencyTransportOptions? options, CpuidReader cpuid, Func<IFrequencyTransport> openByProbe, Func<IFrequencyTransport> openRegion) => options switch
    {
        CpufreqTransportOptions cpufreq => CpufreqTransport.Open(cpufreq.Cpufreq),
        RegionOptions region => RegionTransport.Open(region),
        GuestChannelOptions channel => new GuestChannelTransport(channel),
        SocketOptions { SocketFd: < 0 } socket => throw new ArgumentException(
            $"SocketOptions.SocketFd is {socket.SocketFd}; it must be the descriptor that the host stub handed down, 0 or more.", nameof(options)),
        SocketOptions socket => new SocketTransport(socket.SocketFd, socket.StatusPageFd),
        HypercallOptions hypercall => Doorbell(hypercall.Doorbell, cpuid, openByProbe),
        _ => Best(cpuid, openByProbe, openRegion),
    };

    /// <summary>Makes a transport over the shared page fall back to a guest channel.</summary>
    /// <param name="region">The transport.</param>
    /// <param name="root">Folder that stands for "/".</param>
    /// <param name="lcore">The guest channel's.</param>
    internal static IFrequencyTransport WithGuestChannel(IPostedTransport region, string root, int lcore)
    {
        try
        {
            string path = GuestChannelPort.Find(root, lcore);
            return new FallbackTransport(region, table => new GuestChannelTransport(new GuestChannelOptions { Lcore = lcore, Path = path, PStates = table }), TscClock.Frequency);
        }
        catch (Exception e) when (e is FrequencyControlUnavailableException or IOException or UnauthorizedAccessException)
        {
            return region;
        }
    }

    private static IFrequencyTransport OpenRegion()
    {
        RegionOptions options = new();
        RegionTransport region = RegionTransport.Open(options);
        return WithGuestChannel(region, options.Root, LibC.sched_getcpu());
    }

    private static IFrequencyTransport Best(CpuidReader cpuid, Func<IFrequencyTransport> openByProbe, Func<IFrequencyTransport> openRegion)
    {
        try
        {
            return Doorbell(Doorbells.None, cpuid, openByProbe);
        }
        catch (FrequencyControlUnavailableException doorbell) when (doorbell is not (AbiVersionMismatchException or MalformedHostInterfaceException))
        {
            try
            {
                return openRegion();
            }
            catch (RegionUnavailableException region)
            {
                throw new FrequencyControlUnavailableException($"{doorbell.Message} {region.Message}", doorbell);
            }
        }
    }

    private static IFrequencyTransport Doorbell(Doorbells doorbell, CpuidReader cpuid, Func<IFrequencyTransport> openByProbe)
    {
        if (CpuidDiscovery.Find(cpuid) is HostInterface host)
        {
            return HypercallTransport.Open(host, doorbell);
        }

        if (doorbell is not (Doorbells.None or Doorbells.Hypercall))
        {
            throw new FrequencyControlUnavailableException($"The {doorbell} doorbell was asked for. {CpuidDiscovery.NoHost}, which would say where it is. {Remedy}");
        }

        try
        {
            return openByProbe();
        }
        catch (FrequencyControlUnavailableException exception) when (exception is not AbiVersionMismatchException)
        {
            throw new FrequencyControlUnavailableException($"No way to set the frequency was found. {CpuidDiscovery.NoHost}. {exception.Message} {Remedy}", exception);
        }
    }
}
