namespace PollScale.Hypercall;

/// <summary>Answers the frequency calls of one guest: all that a monitor of virtual machines knows of policy. Called on the vCPU thread, inside the exit.</summary>
internal interface IFrequencyService
{
    /// <summary>The P-states and limits this guest is shown.</summary>
    PStateTable PStates { get; }

    /// <summary>True when policy grants this guest control.</summary>
    bool Granted { get; }

    /// <summary>True when P-states are emulated.</summary>
    bool Emulated { get; }

    /// <summary>Answers one call; never throws, never allocates.</summary>
    /// <param name="vcpu">The vCPU that exited: the caller's whole identity.</param>
    /// <param name="call">The call; its op is one of the ABI's.</param>
    /// <param name="tsc">TSC at the exit.</param>
    FrequencyReply Answer(int vcpu, FrequencyCall call, ulong tsc);

    /// <summary>Charges, counts and records a call that policy never sees, for its number, slot or addressee is not of this ABI, and gives its reply.</summary>
    /// <param name="vcpu">The vCPU that exited.</param>
    /// <param name="tsc">TSC at the exit.</param>
    FrequencyReply AnswerUnknown(int vcpu, ulong tsc);

    /// <summary>P-state of the pCPU, or -1 when it has none; costs no budget, for replies about several vCPUs that were paid for once.</summary>
    int InForce { get; }
}
