using PollScale.Hypercall;

namespace PollScale.HostStub.Daemon;

/// <summary>One way of one vCPU to this host, as reports show it. From any thread.</summary>
internal interface IReportedChannel
{
    /// <summary>Name of the guest.</summary>
    string GuestName { get; }

    /// <summary>The guest's vCPU.</summary>
    int Vcpu { get; }

    /// <summary>The pCPU that it is pinned to; null where none is known.</summary>
    int? Pcpu { get; }

    /// <summary>Kind and path.</summary>
    string EndpointName { get; }

    /// <summary>Decides and sets.</summary>
    IFrequencyService Service { get; }

    /// <summary>The guest is there.</summary>
    bool IsConnected { get; }

    /// <summary>What is wrong; null for nothing.</summary>
    string? Problem { get; }

    /// <summary>Its counts.</summary>
    ChannelCounters Counters { get; }

    /// <summary>Bytes that came, and those of them that mean nothing; null where requests are more than a byte.</summary>
    (ulong All, ulong Unknown)? Bytes => null;

    /// <summary>What observed hypercalls came to; null where they are not observed.</summary>
    HypercallCounts? Observed => null;

    /// <summary>Calls that the host's kernel answered, and those of all vCPUs that it had no room to tell of; null where it answers none.</summary>
    (ulong Calls, ulong Unrecorded)? Answered => null;

    /// <summary>Connections so far.</summary>
    ulong Connects => Counters.Connects;
}
