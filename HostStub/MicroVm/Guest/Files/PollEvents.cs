namespace PollScale.HostStub.Guest.Files;

/// <summary>Events of poll(2); epoll's low bits are the same.</summary>
internal static class PollEvents
{
    public const uint In = 1, Priority = 2, Out = 4, Error = 8, HangUp = 0x10, Invalid = 0x20, Readable = In | 0x40, Writable = Out | 0x100;

    /// <summary>What a file that never blocks shows.</summary>
    public const uint Always = Readable | Writable;

    /// <summary>What is told without being asked for.</summary>
    public const uint Unasked = Error | HangUp;
}
