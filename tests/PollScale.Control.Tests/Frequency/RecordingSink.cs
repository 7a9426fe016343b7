using PollScale.Hypercall;

namespace PollScale.HostStub.Tests.Frequency;

internal sealed class RecordingSink : IStatusSink
{
    public List<(int PState, uint KHz, ulong Tsc, uint StretchQ16)> Published { get; } = [];

    public void Publish(int pState, uint kHz, ulong tsc, uint stretchQ16) => Published.Add((pState, kHz, tsc, stretchQ16));
}
