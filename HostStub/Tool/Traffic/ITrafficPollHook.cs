namespace PollScale.HostStub.Traffic;

/// <summary>Work that rides on the generator's polling loop, such as a frequency backend that advances to the present.</summary>
internal interface ITrafficPollHook
{
    /// <summary>Called each iteration, several million times a second: must be short and allocate nothing.</summary>
    /// <param name="tsc">TSC now.</param>
    void Poll(ulong tsc);
}
