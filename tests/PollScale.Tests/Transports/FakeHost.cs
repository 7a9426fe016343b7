using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Tests.Shared.Governors;

namespace PollScale.Tests.Transports;

/// <summary>CPUID leaves as a host shows them, to be spoilt one by one.</summary>
internal sealed class FakeHost
{
    private readonly Dictionary<uint, CpuidLeaf> _leaves = [];

    public FakeHost(uint baseLeaf = HypercallAbi.CpuidBase, int count = 21)
    {
        uint[] kHz = Frequencies(count);
        this[baseLeaf] = new(baseLeaf + 3 + ((uint)count + 3) / 4, HypercallAbi.SignatureEbx, HypercallAbi.SignatureEcx, HypercallAbi.SignatureEdx);
        this[baseLeaf + 1] = new(1, 7, HypercallAbi.PortBase, 3);
        this[baseLeaf + 2] = new(0xF000_0000, 0, 0xF000_1000, 1);
        this[baseLeaf + 3] = new((uint)count, 0, (uint)count - 1, 20_000);
        for (int i = 0; i < count; i += 4)
        {
            this[baseLeaf + 4 + (uint)i / 4] = new(At(kHz, i), At(kHz, i + 1), At(kHz, i + 2), At(kHz, i + 3));
        }
    }

    public CpuidLeaf this[uint leaf]
    {
        get => _leaves.GetValueOrDefault(leaf);
        set => _leaves[leaf] = value;
    }

    public CpuidReader Reader => (leaf, _) => this[leaf];

    public static uint[] Frequencies(int count) => [.. Enumerable.Range(0, count).Select(i => 3_000_000u - (uint)i * 30_000)];

    public static PStateTable Table(int count = 21, int fastest = 0, int? slowest = null, uint latencyNs = 20_000) =>
        GovernorSamples.Table(count, fastest, slowest, latencyNs);

    private static uint At(uint[] values, int index) => index < values.Length ? values[index] : 0;
}
