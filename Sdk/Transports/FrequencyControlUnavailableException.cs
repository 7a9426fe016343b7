namespace PollScale.Transports;

/// <summary>No way to the host's frequency service was found or could be opened; the message says what was looked for.</summary>
public class FrequencyControlUnavailableException : Exception
{
    /// <summary>Makes an exception.</summary>
    public FrequencyControlUnavailableException()
        : base("No frequency service was found.")
    {
    }

    /// <summary>Makes an exception.</summary>
    /// <param name="message">What was looked for, what was found, what to do.</param>
    public FrequencyControlUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception.</summary>
    /// <param name="message">What was looked for, what was found, what to do.</param>
    /// <param name="innerException">Cause.</param>
    public FrequencyControlUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
