namespace PollScale.Programs;

/// <summary>The command line asks for something that is not valid; the message says what would be.</summary>
internal sealed class UsageException : Exception
{
    public UsageException(string message) : base(message)
    {
    }

    public UsageException(string message, Exception inner) : base(message, inner)
    {
    }
}
