using PollScale.HostStub.Channels.Hypercall;

namespace PollScale.HostStub.Tests.Channels.Hypercall;

/// <summary>A slot that notes how it is rung.</summary>
/// <param name="cpu">Its vCPU's pCPU.</param>
internal sealed class FakeSlot(int cpu) : IHypercallSlot
{
    private readonly List<bool> _rings = new(1024);

    /// <summary>Of each ring, whether the vCPU was at home.</summary>
    public IReadOnlyList<bool> Rings => _rings;

    public uint Request { get; set; }

    public RingOutcome Outcome { get; set; } = RingOutcome.Served;

    public int Vcpu => 0;

    public int Pcpu { get; set; } = cpu;

    public uint Sequence => Request;

    public HypercallCounters Counters { get; } = new();

    public string? Unobserved
    {
        set => _ = value;
    }

    public RingOutcome Ring(ulong wokenTsc, bool isAtHome)
    {
        _rings.Add(isAtHome);
        return Outcome;
    }
}
