namespace PollScale.Memif.Control;

/// <summary>A memif socket or port cannot be had as it was asked for; the message says why and what to do.</summary>
public sealed class MemifException : Exception
{
    /// <summary>Makes an exception.</summary>
    public MemifException()
        : this("The memif socket cannot be had.")
    {
    }

    /// <summary>Makes an exception.</summary>
    /// <param name="message">What was found, why, what to do.</param>
    public MemifException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception.</summary>
    /// <param name="message">What was found, why, what to do.</param>
    /// <param name="innerException">Cause.</param>
    public MemifException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
