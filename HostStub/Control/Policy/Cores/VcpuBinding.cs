using PollScale.HostStub.Policy.Compiled;
using PollScale.Hypercall;

namespace PollScale.HostStub.Policy.Cores;

/// <summary>What the policy in force makes of a vCPU.</summary>
/// <param name="Core">Its core.</param>
/// <param name="Seat">Its place there.</param>
/// <param name="Policy">Its guest's rule.</param>
/// <param name="Granted">Whether it may change the P-state.</param>
/// <param name="SilenceTicks">Ticks without a call after which its wish is withdrawn; <see cref="ulong.MaxValue"/> for never.</param>
/// <param name="LapseTicks">The same for a wish that came by a channel whose guest repeats it.</param>
/// <param name="Process">Process to check its pinning by; null for none.</param>
internal sealed record VcpuBinding(Core Core, Seat Seat, FrequencyPolicy Policy, bool Granted, ulong SilenceTicks, ulong LapseTicks, string? Process)
{
    /// <summary>The policy for it as numbers, by which the host's kernel may answer its calls; null where the policy does not have it, or <see cref="Uncompiled"/> says why not.</summary>
    public CompiledPolicy? Compiled { get; init; }

    /// <summary>Why the policy wants it compiled and it cannot be, with what to do; null where it is not so.</summary>
    public string? Uncompiled { get; init; }

    /// <summary>The P-states and limits the guest is shown.</summary>
    public PStateTable Table => Policy.Table;
}
