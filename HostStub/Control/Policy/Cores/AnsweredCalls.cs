using PollScale.HostStub.Policy.Compiled;
using PollScale.Hypercall;

namespace PollScale.HostStub.Policy.Cores;

/// <summary>
/// A vCPU's calls that a program in the host's kernel answers by the compiled policy, and that are made true here: by the policy in force, whatever was answered.
/// Its wish lapses as those of <see cref="VcpuService.Lapsing"/>. On one thread at a time, but for what says otherwise.
/// </summary>
/// <param name="service">The vCPU.</param>
internal sealed class AnsweredCalls(VcpuService service)
{
    /// <summary>By what its calls may be answered now; null for nothing. From any thread.</summary>
    public CompiledPolicy? Policy => service.Grantable?.Compiled;

    /// <summary>Why <see cref="Policy"/> is null, with what to do. From any thread.</summary>
    public string WhyNot => service.WhyNotGrantable;

    /// <summary>P-state index wished; <see cref="Seat.NoWish"/> for none.</summary>
    public int Wish => service.Wish ?? Seat.NoWish;

    /// <summary>P-state index in force on its pCPU; -1 where it has none.</summary>
    public int InForce => service.InForce;

    /// <summary>Makes a call true that was answered, counts and notes it.</summary>
    /// <param name="call">The call.</param>
    /// <param name="answered">What was answered.</param>
    /// <param name="tsc">TSC at the answer.</param>
    /// <returns>What came of it.</returns>
    public PolicyDecision MakeTrue(FrequencyCall call, in PolicyDecision answered, ulong tsc) => service.MakeTrue(call, answered, tsc);

    /// <summary>It has called: its wish does not lapse yet.</summary>
    /// <param name="tsc">TSC then.</param>
    public void Heard(ulong tsc) => service.HeardLapsing(tsc);
}
