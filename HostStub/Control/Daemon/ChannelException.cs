namespace PollScale.HostStub.Daemon;

/// <summary>A channel cannot be set up. The message says which, why, and what to do.</summary>
internal sealed class ChannelException : Exception
{
    public ChannelException(string message) : base(message)
    {
    }

    public ChannelException(string message, Exception inner) : base(message, inner)
    {
    }
}
