namespace PollScale.HostStub.Traffic;

/// <summary>The user's traffic description is not valid; the message names the bad part and the valid forms.</summary>
internal sealed class TrafficFormatException : TrafficException
{
    public TrafficFormatException(string message)
        : base(message)
    {
    }

    public TrafficFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
