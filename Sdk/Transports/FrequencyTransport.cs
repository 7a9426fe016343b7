namespace PollScale.Transports;

/// <summary>Opens the way to whatever sets the frequency: a host, or cpufreq.</summary>
public static class FrequencyTransport
{
    /// <summary>Opens a transport, on the thread that will poll.</summary>
    /// <param name="options">
    /// Which way; null takes the best there is in a VM: the doorbells of <see cref="HypercallOptions"/>, else the page of <see cref="RegionOptions"/>. The page
    /// goes before the guest channel because a request over it costs a fiftieth; where the VM has that channel too, requests go there while the page's host is gone.
    /// </param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="FrequencyControlUnavailableException">It cannot be had; the message says what was looked for and what to do.</exception>
    public static IFrequencyTransport Open(FrequencyTransportOptions? options = null) => TransportProbe.Choose(options);

    /// <summary>
    /// Says of every transport whether it can be used here, and why not. Opens none for keeps and makes no call, but for one Hello by the hypercall
    /// instruction in a child process where CPUID shows no host; that takes 2 s at most.
    /// </summary>
    /// <param name="options">What to look at; null takes this machine and lcore 0.</param>
    /// <returns>hypercall, port, mmio, region, guest-channel, cpufreq, socket, loopback, in this order.</returns>
    public static IReadOnlyList<TransportReport> Survey(TransportSurveyOptions? options = null) => TransportProbe.Survey(options);
}
