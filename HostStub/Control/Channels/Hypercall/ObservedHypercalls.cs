using Microsoft.Extensions.Logging;

namespace PollScale.HostStub.Channels.Hypercall;

/// <summary>Hypercalls that the kernel records, and that ring as the doorbell does.</summary>
/// <param name="observe">Has the kernel record a vCPU's.</param>
internal sealed class ObservedHypercalls(ObserveThread observe) : IHypercallSource
{
    /// <inheritdoc/>
    public IHypercallWatch? Watch(int process, IHypercallSlot slot, out string problem) => observe(process, slot.Vcpu, out problem) is ObservedThread thread ? new HypercallWatch(slot, thread) : null;

    /// <inheritdoc/>
    public void TellWatched(ILogger log, string guest, int vcpu, string endpoint, int thread) => HypercallLog.HypercallsObserved(log, guest, vcpu, endpoint, thread);

    /// <inheritdoc/>
    public void TellUnwatched(ILogger log, string guest, int vcpu, string endpoint, string problem) => HypercallLog.HypercallsUnobserved(log, guest, vcpu, endpoint, problem);
}
