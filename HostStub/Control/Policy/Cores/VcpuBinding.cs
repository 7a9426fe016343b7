using PollScale.Hypercall;

namespace PollScale.HostStub.Policy.Cores;

/// <summary>What the policy in force makes of a vCPU.</summary>
/// <param name="Core">Its core.</param>
/// <param name="Seat">Its place there.</param>
/// <param name="Policy">Its guest's rule.</param>
/// <param name="Granted">Whether it may change the P-state.</param>
/// <param name="SilenceTicks">Ticks without a call after which its wish is withdrawn; <see cref="ulong.MaxValue"/> for never.</param>
/// <param name="Process">Process to check its pinning by; null for none.</param>
internal sealed record VcpuBinding(Core Core, Seat Seat, FrequencyPolicy Policy, bool Granted, ulong SilenceTicks, string? Process)
{
    /// <summary>The P-states and limits the guest is shown.</summary>
    public PStateTable Table => Policy.Table;
}
