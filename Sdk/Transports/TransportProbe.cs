namespace PollScale.Transports;

/// <summary>Finds the way to the host.</summary>
public static class TransportProbe
{
    /// <summary>Opens the requested transport, else the best that the hypervisor offers.</summary>
    /// <param name="request">What to open; null takes the best.</param>
    /// <exception cref="FrequencyControlUnavailableException">There is none.</exception>
    public static IFrequencyTransport Choose(TransportRequest? request = null) => throw new FrequencyControlUnavailableException();
}
