namespace PollScale.Governors;

/// <summary>A governor that also says how long a loop may wait where a poll found nothing.</summary>
internal interface IWaitingGovernor : IGovernor
{
    /// <summary>
    /// Longest wait after the last decision, in ticks, where no packet waits then; 0 for none. How late waits are known to end is left room for, and what may arrive until the first poll after it,
    /// and the decision that must follow that poll.
    /// </summary>
    ulong WaitTicks { get; }
}
