using PollScale.HostStub.Frequency;
using PollScale.Hypercall;

namespace PollScale.HostStub.Tests.Timeline;

/// <summary>A core whose P-state is what a test says.</summary>
internal sealed class FixedClock : IFrequencyBackend, IEnergySource
{
    public PStateTable PStates { get; } = new([3_000_000, 2_000_000, 1_000_000], 0, 2, 10_000);

    public bool Emulated => true;

    public int Requested => Effective;

    public int Effective { get; set; }

    public ulong ChangedTsc => 0;

    public EnergySnapshot Energy(ulong tsc) => new([1], [1], 0);

    public void Attach(IStatusSink sink)
    {
    }

    public bool TrySet(int index, ulong tsc) => false;

    public void Poll(ulong tsc)
    {
    }

    public void Dispose()
    {
    }
}
