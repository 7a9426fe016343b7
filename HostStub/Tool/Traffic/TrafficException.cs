namespace PollScale.HostStub.Traffic;

/// <summary>Traffic cannot be made or replayed; the message tells the user why and what to do.</summary>
internal class TrafficException : Exception
{
    public TrafficException(string message)
        : base(message)
    {
    }

    public TrafficException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
