using PollScale.Native;

namespace PollScale.HostStub.Daemon.Endpoints;

/// <summary>One place where a channel's other end is found.</summary>
internal interface IChannelEndpoint : IDisposable
{
    /// <summary>Kind and path, for reports.</summary>
    string Name { get; }

    /// <summary>Readable when somebody wants to connect; null where this end connects.</summary>
    StreamDescriptor? Listener { get; }

    /// <summary>Makes what must exist before anyone can connect.</summary>
    /// <exception cref="ChannelException">It cannot be made.</exception>
    void Prepare();

    /// <summary>Connects or takes who is waiting.</summary>
    /// <param name="problem">Why there is nobody, and what to do; null where waiting is normal.</param>
    /// <returns>The stream, now the caller's; null when there is nobody.</returns>
    StreamDescriptor? TryOpen(out string? problem);

    /// <summary>A program in the guest has opened its end: replies on the way are meant for the one before it.</summary>
    /// <returns>True when all that was on the way is thrown away.</returns>
    bool Reopened() => false;

    /// <summary>Looks whether its path still leads here; may take as long as the path's file system does. Any thread may ask.</summary>
    /// <returns>What happened to the path; null when all is well, or the path is somebody else's to keep.</returns>
    string? Lost() => null;

    /// <summary>Makes the path lead here again. A peer stays connected.</summary>
    /// <exception cref="ChannelException">It cannot be made now; it may be tried again.</exception>
    void Renew()
    {
    }
}
