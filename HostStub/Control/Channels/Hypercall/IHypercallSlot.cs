namespace PollScale.HostStub.Channels.Hypercall;

/// <summary>What a vCPU's hypercalls ring. All members but <see cref="Vcpu"/> and <see cref="Counters"/> are for its shard's thread.</summary>
internal interface IHypercallSlot
{
    /// <summary>Rings without a request before who rings is not listened to for a while. A request that is served with the ring before its own leaves one; who rings on and on means nothing.</summary>
    const int EmptyRings = 16;

    /// <summary>The vCPU.</summary>
    int Vcpu { get; }

    /// <summary>The pCPU that the policy pins it to.</summary>
    int Pcpu { get; }

    /// <summary>Sequence of the request that is there now, by one load; 0 for none.</summary>
    uint Sequence { get; }

    /// <summary>What its hypercalls came to.</summary>
    HypercallCounters Counters { get; }

    /// <summary>Why they are not observed; null where they are. From any thread.</summary>
    string? Unobserved { set; }

    /// <summary>Serves the request that is there.</summary>
    /// <param name="wokenTsc">TSC when the shard woke.</param>
    /// <param name="isAtHome">False where the kernel has seen the vCPU on another pCPU than its own: it may ask, and changes nothing.</param>
    RingOutcome Ring(ulong wokenTsc, bool isAtHome);
}
