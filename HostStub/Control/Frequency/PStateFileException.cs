namespace PollScale.HostStub.Frequency;

/// <summary>A P-state file cannot be used. The message names the file, the field and its value, and what is allowed.</summary>
internal sealed class PStateFileException : Exception
{
    public PStateFileException(string message) : base(message)
    {
    }

    public PStateFileException(string message, Exception inner) : base(message, inner)
    {
    }
}
