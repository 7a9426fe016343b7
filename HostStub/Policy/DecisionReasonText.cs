namespace PollScale.HostStub.Policy;

/// <summary>A sentence for each reason: what is so, and where something can be done, what.</summary>
internal static class DecisionReasonText
{
    /// <summary>The sentence; no text is made.</summary>
    public static string Of(DecisionReason reason) => reason switch
    {
        DecisionReason.None => "done as asked",
        DecisionReason.NotGranted => "the policy does not give this guest control: set control: true",
        DecisionReason.NotTheLcore => "the call came from a vCPU that has no pCPU of its own",
        DecisionReason.NotPinned => "the vCPU is not pinned to exactly its pCPU: pin it, and see that the policy names the same pCPU",
        DecisionReason.QueriesOff => "the policy does not let this guest ask: set queries: true",
        DecisionReason.BudgetSpent => "the guest's request budget is spent",
        DecisionReason.BadArgument => "the operation does not allow this argument",
        DecisionReason.NoSuchCall => "no operation of this ABI, or one for another vCPU or a core of the host",
        DecisionReason.BoundFastest => "faster than the guest's fastest P-state",
        DecisionReason.BoundSlowest => "slower than the guest's slowest P-state",
        DecisionReason.SharedPcpu => "another vCPU on this pCPU wishes a faster P-state",
        DecisionReason.SiblingFaster => "an SMT sibling of this pCPU runs at a faster P-state",
        DecisionReason.KernelLimit => "the kernel's own limits gave another P-state",
        DecisionReason.AlreadyThere => "already in force",
        DecisionReason.BackendFailed => "the frequency backend could not apply it",
        DecisionReason.GuestGone => "the guest left",
        DecisionReason.Silent => "the vCPU has not called for longer than its silence setting",
        DecisionReason.PolicyChanged => "a new policy took it away",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "No such reason."),
    };
}
