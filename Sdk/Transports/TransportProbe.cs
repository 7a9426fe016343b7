using PollScale.Hypercall;
using PollScale.Native;

namespace PollScale.Transports;

/// <summary>Finds the way to the host.</summary>
public static class TransportProbe
{
    /// <summary>Opens the requested transport, else the best that the hypervisor offers.</summary>
    /// <param name="request">What to open; null takes the best.</param>
    /// <exception cref="FrequencyControlUnavailableException">There is none; the message says what was looked for.</exception>
    public static IFrequencyTransport Choose(TransportRequest? request = null) =>
        Choose(request ?? new TransportRequest(), Cpuid.Read, HypercallTransport.OpenByProbe);

    /// <summary>
    /// Says of every transport whether it can be used here, and why not. Opens none for keeps and makes no call, but for one Hello by the hypercall
    /// instruction in a child process where CPUID shows no host; that takes 2 s at most.
    /// </summary>
    /// <param name="options">What to look at; null takes this machine and lcore 0.</param>
    /// <returns>hypercall, port, mmio, guest-channel, cpufreq, socket, loopback, in this order.</returns>
    public static IReadOnlyList<TransportReport> Survey(TransportSurveyOptions? options = null) =>
        new TransportSurvey(options ?? new TransportSurveyOptions(), Cpuid.Read, () => HypercallDoorbell.Probe(Cpuid.Read)).Run();

    internal static IFrequencyTransport Choose(TransportRequest request, CpuidReader cpuid, Func<IFrequencyTransport> openByProbe)
    {
        if (request.Cpufreq is not null)
        {
            return request is { SocketFd: < 0, Doorbell: Doorbells.None, GuestChannel: null }
                ? CpufreqTransport.Open(request.Cpufreq)
                : throw new ArgumentException("Cpufreq and another way were both asked for; give one.", nameof(request));
        }

        if (request.GuestChannel is GuestChannelOptions channel)
        {
            return request is { SocketFd: < 0, Doorbell: Doorbells.None }
                ? new GuestChannelTransport(channel)
                : throw new ArgumentException("The guest channel and another way to the host were both asked for; give one.", nameof(request));
        }

        if (request.SocketFd >= 0)
        {
            return request.Doorbell == Doorbells.None
                ? new SocketTransport(request.SocketFd, request.StatusPageFd)
                : throw new ArgumentException($"A socket and the {request.Doorbell} doorbell were both asked for; give one.", nameof(request));
        }

        if (CpuidDiscovery.Find(cpuid) is HostInterface host)
        {
            return HypercallTransport.Open(host, request.Doorbell);
        }

        const string Looked = "CPUID 0x40000000 .. 0x4000ff00 shows no PollScale host";
        const string Remedy = "Run the application under a PollScale host stub, load its kernel module on the host, ask for TransportRequest.Cpufreq on bare metal, or give the scaler a LoopbackTransport to run without frequency control.";
        if (request.Doorbell is not (Doorbells.None or Doorbells.Hypercall))
        {
            throw new FrequencyControlUnavailableException($"The {request.Doorbell} doorbell was asked for, but {Looked}, which would say where it is. {Remedy}");
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
