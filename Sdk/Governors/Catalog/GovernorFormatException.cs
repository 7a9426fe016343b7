namespace PollScale.Governors;

/// <summary>A text names no governor, or gives one an option it does not take. The message says what would be right.</summary>
public sealed class GovernorFormatException : FormatException
{
    /// <summary>Makes an exception.</summary>
    public GovernorFormatException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    public GovernorFormatException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and a cause.</summary>
    public GovernorFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
