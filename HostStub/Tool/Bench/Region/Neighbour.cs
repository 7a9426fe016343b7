namespace PollScale.HostStub.Bench.Region;

/// <summary>What another VM does with its page while one is measured.</summary>
internal enum Neighbour
{
    /// <summary>A request, and a sleep of a millisecond, for ever.</summary>
    Paced,

    /// <summary>Rings without a request, as fast as it can.</summary>
    Rings,

    /// <summary>Requests as fast as it can store and ring them.</summary>
    Floods,

    /// <summary>Writes anything all over its page, and rings.</summary>
    Scribbles,
}
