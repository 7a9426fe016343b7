namespace PollScale.Transports;

/// <summary>Host and guest speak different versions of the frequency hypercall ABI.</summary>
public sealed class AbiVersionMismatchException : FrequencyControlUnavailableException
{
    /// <summary>Makes an exception.</summary>
    public AbiVersionMismatchException()
        : base("Host and guest speak different versions of the frequency hypercall ABI.")
    {
    }

    /// <summary>Makes an exception.</summary>
    /// <param name="message">What was expected, what was found, what to do.</param>
    public AbiVersionMismatchException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception.</summary>
    /// <param name="message">What was expected, what was found, what to do.</param>
    /// <param name="innerException">Cause.</param>
    public AbiVersionMismatchException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
