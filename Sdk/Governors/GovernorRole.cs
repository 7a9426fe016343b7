namespace PollScale.Governors;

/// <summary>What an option is to a user who knows the line and the traffic: studies set it for them.</summary>
internal enum GovernorRole
{
    /// <summary>One of the governor's own.</summary>
    None,

    /// <summary>Longest time a packet may wait.</summary>
    DelayBound,

    /// <summary>Highest arrival rate.</summary>
    PeakRate,

    /// <summary>Power of each P-state.</summary>
    Watts,

    /// <summary>Longest wait of a loop that finds nothing.</summary>
    MaxWait,

    /// <summary>How late waits may end.</summary>
    WakeTime,

    /// <summary>Power of a core that waits.</summary>
    IdleWatts,
}
