using FsCheck;
using FsCheck.Fluent;
using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Transports;
using Xunit;

namespace PollScale.Tests.Transports;

public class CpuidDiscoveryTests
{
    private const uint B = HypercallAbi.CpuidBase;

    [Theory]
    [InlineData(HypercallAbi.CpuidScanFirst, 1)]
    [InlineData(HypercallAbi.CpuidBase, 21)]
    [InlineData(HypercallAbi.CpuidScanLast, 64)]
    public void A_host_is_found_wherever_it_sits(uint leaf, int count)
    {
        HostInterface host = Assert.IsType<HostInterface>(CpuidDiscovery.Find(new FakeHost(leaf, count).Reader));

        Assert.Equal(leaf, host.BaseLeaf);
        Assert.Equal(Doorbells.Hypercall | Doorbells.Port | Doorbells.Mmio, host.Doorbells);
        Assert.Equal(HypercallAbi.PortBase, host.PortBase);
        Assert.True(host.ControlGranted);
        Assert.True(host.Emulated);
        Assert.Equal(0xF000_0000UL, host.DoorbellPage);
        Assert.Equal(0x1_F000_1000UL, host.StatusPage);
        Assert.Equal(FakeHost.Frequencies(count), host.PStates.KHz.ToArray());
        Assert.Equal(20_000u, host.PStates.TransitionLatencyNs);
    }

    [Fact]
    public void No_signature_is_no_host() => Assert.Null(CpuidDiscovery.Find((_, _) => new CpuidLeaf(7, 7, 7, 7)));

    [Fact]
    public void Another_version_is_its_own_error()
    {
        AbiVersionMismatchException mismatch = Assert.Throws<AbiVersionMismatchException>(() => FindWith(B + 1, new(2, 7, 0x5000, 3)));

        Assert.Contains("version 2", mismatch.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, B + 2)] // highest leaf below the limits
    [InlineData(0, B + 8)] // highest leaf below the end of the table
    public void A_missing_leaf_is_malformed(int _, uint highest) =>
        Malformed(B, new(highest, HypercallAbi.SignatureEbx, HypercallAbi.SignatureEcx, HypercallAbi.SignatureEdx));

    [Theory]
    [InlineData(0u, 0u, 0u)]
    [InlineData(65u, 0u, 1u)]
    [InlineData(uint.MaxValue, 0u, 1u)]
    [InlineData(21u, 0u, 21u)]
    [InlineData(21u, 5u, 4u)]
    [InlineData(21u, uint.MaxValue, uint.MaxValue)]
    public void Impossible_limits_are_malformed(uint count, uint fastest, uint slowest) => Malformed(B + 3, new(count, fastest, slowest, 0));

    [Fact]
    public void Rising_frequencies_are_malformed() => Malformed(B + 4, new(1000, 2000, 3000, 4000));

    [Theory]
    [InlineData(0u)]
    [InlineData(0xFF00u)]
    [InlineData(0x1_5000u)]
    public void A_port_base_without_room_is_malformed(uint portBase) => Malformed(B + 1, new(1, 2, portBase, 1));

    [Theory]
    [InlineData(0u, 0u)]
    [InlineData(0xF000_0004u, 0u)]
    [InlineData(0xF000_0000u, 0x10_0000u)]
    public void An_impossible_doorbell_page_is_malformed(uint low, uint high) => Malformed(B + 2, new(low, high, 0, 0));

    [Fact]
    public void Garbage_leaves_never_crash() => Prop.ForAll<uint, byte>((garbage, position) =>
    {
        FakeHost host = new();
        uint leaf = B + (position % 10u);
        CpuidLeaf old = host[leaf];
        host[leaf] = (position / 10 % 4) switch
        {
            0 => old with { Eax = garbage },
            1 => old with { Ebx = garbage },
            2 => old with { Ecx = garbage },
            _ => old with { Edx = garbage },
        };
        try
        {
            HostInterface? found = CpuidDiscovery.Find(host.Reader);
            return found is null || found.PStates.Count is > 0 and <= 64;
        }
        catch (FrequencyControlUnavailableException)
        {
            return true;
        }
    }).QuickCheckThrowOnFailure();

    private static void Malformed(uint leaf, CpuidLeaf value) => Assert.Throws<MalformedHostInterfaceException>(() => FindWith(leaf, value));

    private static HostInterface? FindWith(uint leaf, CpuidLeaf value)
    {
        FakeHost host = new() { [leaf] = value };
        return CpuidDiscovery.Find(host.Reader);
    }
}
