namespace PollScale.HostStub.Channels.Answered;

/// <summary>The requests of one vCPU that are decided within the exit. On its shard's thread.</summary>
internal interface IDecidedRequests
{
    /// <summary>Sequence of the last request that was decided; 0 for none.</summary>
    uint Last { get; }

    /// <summary>What the vCPU wishes, or has, was changed by another way: what decides within the exit has to know.</summary>
    void Changed();
}
