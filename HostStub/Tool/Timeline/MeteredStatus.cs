using PollScale.Hypercall;

namespace PollScale.HostStub.Timeline;

/// <summary>Shows the guest each P-state that takes effect, and the record of the run too. The core that publishes does so one at a time.</summary>
/// <param name="guest">The guest's status page.</param>
/// <param name="meter">The record's meter.</param>
internal sealed class MeteredStatus(IStatusSink guest, TimelineMeter meter) : IStatusSink
{
    /// <inheritdoc/>
    public void Publish(int pState, uint kHz, ulong tsc, uint stretchQ16)
    {
        guest.Publish(pState, kHz, tsc, stretchQ16);
        meter.Effect(pState, tsc);
    }
}
