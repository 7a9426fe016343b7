using PollScale.HostStub.Daemon.Endpoints;

namespace PollScale.HostStub.Daemon;

/// <summary>A path that guests connect to, which <see cref="PathWatch"/> watches.</summary>
internal interface IWatchedPath
{
    /// <summary>Name of the guest.</summary>
    string GuestName { get; }

    /// <summary>What of the guest it is for: "vCPU 0".</summary>
    string Part { get; }

    /// <summary>Where it is.</summary>
    IChannelEndpoint Endpoint { get; }

    /// <summary>What happened to it; null while all is well. From any thread.</summary>
    string? PathProblem { get; set; }

    /// <summary>Has it made anew, on the thread that serves it.</summary>
    /// <param name="done">Called there: with null when it is made, else with what is wrong.</param>
    /// <returns>False when it is not served any more.</returns>
    bool TryRenew(Action<string?> done);
}
