namespace PollScale.HostStub.Traffic;

/// <summary>Is shown what the guest forwarded.</summary>
internal interface IForwardedTap
{
    /// <summary>A frame came back. Called on the traffic thread, several million times a second: must be short and allocate nothing.</summary>
    /// <param name="frame">In shared memory: the guest may change it meanwhile.</param>
    /// <param name="tsc">TSC at which it was taken.</param>
    void Take(ReadOnlySpan<byte> frame, ulong tsc);
}
