namespace PollScale.Cpufreq;

/// <summary>What a lease file says: who changes a policy, how, and what to restore.</summary>
/// <param name="Owner">Who.</param>
/// <param name="Root">Folder that holds "cpufreq".</param>
/// <param name="Policy">Number of the policy.</param>
/// <param name="Driver">Text of scaling_driver: under another driver the values mean nothing.</param>
/// <param name="Plan">How.</param>
/// <param name="Original">What to restore.</param>
internal sealed record LeaseRecord(LeaseOwner Owner, string Root, int Policy, string Driver, CpufreqPlan Plan, CpufreqSettings Original);
