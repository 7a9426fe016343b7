using PollScale.Hypercall;
using PollScale.Region;

namespace PollScale.HostStub.Policy.Cores;

/// <summary>A vCPU's calls over a channel whose guest repeats its wish: see <see cref="VcpuService.Lapsing"/>.</summary>
internal sealed class LapsingCalls(VcpuService service) : IFrequencyService
{
    /// <summary>Silence after which such a wish lapses, where the policy sets none.</summary>
    public static readonly TimeSpan DefaultSilence = TimeSpan.FromMilliseconds(RegionLayout.LapseMs);

    /// <inheritdoc/>
    public PStateTable PStates => service.PStates;

    /// <inheritdoc/>
    public bool Granted => service.Granted;

    /// <inheritdoc/>
    public bool Emulated => service.Emulated;

    /// <inheritdoc/>
    public int InForce => service.InForce;

    /// <inheritdoc/>
    public FrequencyReply Answer(int vcpu, FrequencyCall call, ulong tsc) => service.AnswerLapsing(vcpu, call, tsc);

    /// <inheritdoc/>
    public FrequencyReply AnswerUnknown(int vcpu, ulong tsc) => service.AnswerUnknown(vcpu, tsc);
}
