namespace PollScale.HostStub.Policy;

/// <summary>A sentence for each reason: what is so, and where something can be done, what.</summary>
internal static class AuditReasonText
{
    /// <summary>The sentence; no text is made.</summary>
    public static string Of(AuditReason reason) => reason switch
    {
        AuditReason.None => "done as asked",
        AuditReason.NotGranted => "the policy does not give this guest control: set control: true",
        AuditReason.NotTheLcore => "the call came from a vCPU that has no pCPU of its own",
        AuditReason.NotPinned => "the vCPU is not pinned to exactly its pCPU: pin it, and see that the policy names the same pCPU",
        AuditReason.QueriesOff => "the policy does not let this guest ask: set queries: true",
        AuditReason.BudgetSpent => "the guest's request budget is spent",
        AuditReason.BadArgument => "the operation does not allow this argument",
        AuditReason.NoSuchCall => "no operation of this ABI, or one for another vCPU or a core of the host",
        AuditReason.BoundFastest => "faster than the guest's fastest P-state",
        AuditReason.BoundSlowest => "slower than the guest's slowest P-state",
        AuditReason.SharedPcpu => "another vCPU on this pCPU wishes a faster P-state",
        AuditReason.SiblingFaster => "an SMT sibling of this pCPU runs at a faster P-state",
        AuditReason.KernelLimit => "the kernel's own limits gave another P-state",
        AuditReason.AlreadyThere => "already in force",
        AuditReason.BackendFailed => "the frequency backend could not apply it",
        AuditReason.GuestGone => "the guest left",
        AuditReason.Silent => "the vCPU has not called for longer than its silence setting",
        AuditReason.PolicyChanged => "a new policy took it away",
        AuditReason.AnsweredInKernel => "the host's kernel answers this vCPU's hypercalls (hypercall: module): ask by the instruction",
        AuditReason.NothingAsked => "nothing was asked for yet",
        AuditReason.OperatorBound => "an operator holds it to this: hoststub set GUEST --reset ends it",
        AuditReason.OperatorDenied => "an operator has taken its control away: hoststub set GUEST --reset gives it back",
        AuditReason.OperatorWithdrew => "an operator has taken its wish back",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "No such reason."),
    };
}
