namespace PollScale.HostStub.Channels.Answered;

/// <summary>What a granted vCPU may.</summary>
[Flags]
internal enum GrantFlags : uint
{
    /// <summary>Nothing but Hello.</summary>
    None = 0,

    /// <summary>Change the P-state.</summary>
    Control = 1 << 0,

    /// <summary>Ask for P-states, frequencies and limits.</summary>
    Queries = 1 << 1,

    /// <summary>It is pinned to its pCPU.</summary>
    Pinned = 1 << 2,
}
