namespace PollScale.Transports;

/// <summary>The host's description of its frequency service contradicts the ABI.</summary>
public sealed class MalformedHostInterfaceException : FrequencyControlUnavailableException
{
    /// <summary>Makes an exception.</summary>
    public MalformedHostInterfaceException()
        : base("The host's description of its frequency service contradicts the ABI.")
    {
    }

    /// <summary>Makes an exception.</summary>
    /// <param name="message">What was expected, what was found, what to do.</param>
    public MalformedHostInterfaceException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception.</summary>
    /// <param name="message">What was expected, what was found, what to do.</param>
    /// <param name="innerException">Cause.</param>
    public MalformedHostInterfaceException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
