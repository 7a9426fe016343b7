namespace PollScale.HostStub.Serve.Operators;

/// <summary>What a connection waits for.</summary>
internal enum ControlState
{
    /// <summary>A request.</summary>
    Reads,

    /// <summary>The answer to one.</summary>
    Waits,

    /// <summary>That the answer is taken.</summary>
    Writes,

    /// <summary>That it may ask again: so many requests come at most in a second.</summary>
    Rests,
}
