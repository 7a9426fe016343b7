namespace PollScale.HostStub.Tests.Run;

public enum FakeGuestMode
{
    /// <summary>Forwards everything, leaves when told.</summary>
    Honest,

    /// <summary>Never begins to poll.</summary>
    NeverPolls,

    /// <summary>Stops polling after 1000 packets.</summary>
    Hangs,

    /// <summary>Fails after 1000 packets.</summary>
    Crashes,

    /// <summary>Exits with status 7 after 1000 packets.</summary>
    ExitsEarly,

    /// <summary>Drops every tenth packet and does not say so.</summary>
    DropsSilently,

    /// <summary>Drops every tenth packet, cause no_route.</summary>
    DropsHonestly,

    /// <summary>Forwards everything and fills its telemetry with nonsense.</summary>
    Lies,

    /// <summary>Ignores the request to stop.</summary>
    IgnoresStop,

    /// <summary>Exits with status 0 before it polls.</summary>
    LeavesAtOnce,
}
