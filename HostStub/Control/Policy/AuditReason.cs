namespace PollScale.HostStub.Policy;

/// <summary>Why a call was decided as it was. <see cref="AuditReasonText"/> has the sentence for each.</summary>
internal enum AuditReason
{
    /// <summary>Done as asked.</summary>
    None,

    /// <summary>Policy does not give this guest control.</summary>
    NotGranted,

    /// <summary>The call came from a vCPU that has no pCPU of its own.</summary>
    NotTheLcore,

    /// <summary>The vCPU is not pinned to exactly its pCPU.</summary>
    NotPinned,

    /// <summary>Policy does not let this guest ask.</summary>
    QueriesOff,

    /// <summary>The request budget is spent.</summary>
    BudgetSpent,

    /// <summary>The op does not allow this argument.</summary>
    BadArgument,

    /// <summary>No op of this ABI, or a packet that names another vCPU or a core of the host.</summary>
    NoSuchCall,

    /// <summary>The guest's fastest P-state is slower than what was asked.</summary>
    BoundFastest,

    /// <summary>The guest's slowest P-state is faster than what was asked.</summary>
    BoundSlowest,

    /// <summary>Another vCPU on the pCPU wishes a faster P-state.</summary>
    SharedPcpu,

    /// <summary>An SMT sibling of the pCPU runs faster.</summary>
    SiblingFaster,

    /// <summary>The kernel granted another P-state than asked: its limits say so.</summary>
    KernelLimit,

    /// <summary>The P-state was already in force.</summary>
    AlreadyThere,

    /// <summary>The backend could not apply it.</summary>
    BackendFailed,

    /// <summary>The guest left; its wish went with it.</summary>
    GuestGone,

    /// <summary>The vCPU has not called for longer than policy allows; its wish was withdrawn.</summary>
    Silent,

    /// <summary>A new policy took the wish away.</summary>
    PolicyChanged,

    /// <summary>The host's kernel answers this vCPU's hypercalls, and they alone change its P-state meanwhile.</summary>
    AnsweredInKernel,

    /// <summary>The vCPU has asked for nothing yet. It stands in states only, for there is no decision to record.</summary>
    NothingAsked,

    /// <summary>An operator holds the vCPU to less than the policy would, by hoststub set.</summary>
    OperatorBound,

    /// <summary>An operator has taken its control away, by hoststub set.</summary>
    OperatorDenied,

    /// <summary>An operator has taken the wish back, by hoststub set.</summary>
    OperatorWithdrew,
}
