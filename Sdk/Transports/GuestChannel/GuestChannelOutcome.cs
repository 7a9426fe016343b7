namespace PollScale.Transports;

/// <summary>How an exchange over the guest channel ended.</summary>
internal enum GuestChannelOutcome
{
    /// <summary>Every packet was answered.</summary>
    Answered,

    /// <summary>The port had no room; nothing of the request was sent.</summary>
    Full,

    /// <summary>An answer did not come in time: what the host did is not known.</summary>
    Lost,

    /// <summary>The host's end is closed.</summary>
    Gone,
}
