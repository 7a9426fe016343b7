namespace PollScale.HostStub.Peer;

/// <summary>How a frame came back.</summary>
internal enum Arrival
{
    /// <summary>Before it came none that was sent later.</summary>
    InOrder,

    /// <summary>Behind a later one, for the first time.</summary>
    Late,

    /// <summary>Once more, or so late that nobody remembers.</summary>
    Repeated,
}
