using PollScale.HostStub.Policy.Configuration;

namespace PollScale.HostStub.Policy.Cores;

/// <summary>A pCPU that a policy names and this machine does not have now: offline, without a cpufreq policy, held by another process, or not answering.</summary>
/// <param name="Number">Its number.</param>
/// <param name="At">Where the policy names it first.</param>
/// <param name="Problem">Why it cannot be used.</param>
internal sealed record AbsentPcpu(int Number, FilePosition At, string Problem)
{
    /// <summary>The same for the operator, with its place.</summary>
    public PolicyError Error => new(At, $"pCPU {Number} cannot be used: {Problem}", IsMachines: true);
}
