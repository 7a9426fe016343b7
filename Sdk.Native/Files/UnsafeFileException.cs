namespace PollScale.Native;

/// <summary>A file or folder is not what may be opened here, or others may write it; the message says which, why and what to do.</summary>
internal sealed class UnsafeFileException : IOException
{
    /// <summary>Makes an exception.</summary>
    public UnsafeFileException()
        : this("A file may not be used.")
    {
    }

    /// <summary>Makes an exception.</summary>
    /// <param name="message">Which, why, what to do.</param>
    public UnsafeFileException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception.</summary>
    /// <param name="message">Which, why, what to do.</param>
    /// <param name="innerException">Cause.</param>
    public UnsafeFileException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
