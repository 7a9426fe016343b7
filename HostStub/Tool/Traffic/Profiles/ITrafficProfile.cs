namespace PollScale.HostStub.Traffic.Profiles;

/// <summary>When packets are sent. Pure and seeded: it reads no clock, and the same profile gives the same times.</summary>
internal interface ITrafficProfile
{
    /// <summary>What <see cref="Next"/> returns once no packet is left.</summary>
    const long End = long.MaxValue;

    /// <summary>The profile in the words of the command line.</summary>
    string Name { get; }

    /// <summary>
    /// True when packets have no time of their own: each is sent as soon as the rings have room, however fast a wire would be, and none
    /// is lost to a full ring.
    /// </summary>
    bool WaitsForRoom => false;

    /// <summary>Send time of the next packet, in ns since the start; never below the one before. Allocates nothing.</summary>
    long Next();
}
