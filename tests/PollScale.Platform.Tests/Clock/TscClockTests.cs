using FsCheck;
using FsCheck.Fluent;
using PollScale.Clock;
using PollScale.Native;
using Xunit;

namespace PollScale.Tests.Clock;

public class TscClockTests
{
    [Fact]
    public void The_crystal_leaf_is_believed_first() => Assert.Equal(
        new TscFrequency(2_400_000, TscSource.CrystalLeaf),
        Find(new() { [0] = new(0x16, 0, 0, 0), [0x15] = new(2, 200, 24_000_000, 0), [0x4000_0000] = new(0x4000_0010, 0, 0, 0), [0x4000_0010] = new(1_000_000, 0, 0, 0) }));

    [Fact]
    public void Without_a_crystal_the_hypervisor_tells() => Assert.Equal(
        new TscFrequency(2_500_000, TscSource.HypervisorLeaf),
        Find(new() { [0] = new(0x16, 0, 0, 0), [0x15] = new(2, 200, 0, 0), [0x4000_0000] = new(0x4000_0010, 0, 0, 0), [0x4000_0010] = new(2_500_000, 0, 0, 0) }));

    [Theory]
    [InlineData(0x4000_0001u, 2_500_000u)]
    [InlineData(0x4000_0010u, 5u)]
    [InlineData(0x4000_0010u, 0xFFFF_FFFFu)]
    [InlineData(0xFFFF_FFFFu, 2_500_000u)]
    [InlineData(0x16u, 2_500_000u)]
    public void An_absent_or_insane_hypervisor_leaf_is_counted_instead(uint highest, uint kHz) => Assert.Equal(
        new TscFrequency(777_777, TscSource.Calibration),
        Find(new() { [0x4000_0000] = new(highest, 0, 0, 0), [0x4000_0010] = new(kHz, 0, 0, 0) }));

    [Fact]
    public void A_ratio_that_overflows_is_not_believed() => Assert.Equal(
        TscSource.Calibration,
        Find(new() { [0] = new(0x15, 0, 0, 0), [0x15] = new(1, uint.MaxValue, uint.MaxValue, 0) }).Source);

    [Fact]
    public void The_invariant_bit_needs_its_leaf()
    {
        Assert.True(TscClock.ReadInvariant(Reader(new() { [0x8000_0000] = new(0x8000_0008, 0, 0, 0), [0x8000_0007] = new(0, 0, 0, 0x100) })));
        Assert.False(TscClock.ReadInvariant(Reader(new() { [0x8000_0000] = new(0x8000_0008, 0, 0, 0) })));
        Assert.False(TscClock.ReadInvariant(Reader(new() { [0x8000_0000] = new(0x8000_0006, 0, 0, 0), [0x8000_0007] = new(0, 0, 0, 0x100) })));
    }

    [Fact]
    public void Conversions_neither_overflow_nor_exceed_the_exact_value() => Prop.ForAll<ulong, uint>((value, kHz) =>
    {
        TscFrequency frequency = new(Math.Max(1, kHz), TscSource.Calibration);
        UInt128 exact = (UInt128)value * 1_000_000 / frequency.KHz;
        UInt128 back = (UInt128)value * frequency.KHz / 1_000_000;
        return frequency.ToNanoseconds(value) == (exact > ulong.MaxValue ? ulong.MaxValue : (ulong)exact)
            && frequency.FromNanoseconds(value) == (back > ulong.MaxValue ? ulong.MaxValue : (ulong)back)
            && frequency.ToMicroseconds(value) == frequency.ToNanoseconds(value) / 1000
                | exact > ulong.MaxValue;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_negative_span_is_no_ticks() => Assert.Equal(0UL, new TscFrequency(1_000_000, TscSource.Calibration).FromTimeSpan(TimeSpan.FromSeconds(-1)));

    [Fact]
    public void This_machine_has_a_plausible_frequency()
    {
        Assert.InRange(TscClock.FrequencyKHz, 100_000u, 20_000_000u);
        Assert.InRange(TscCalibration.Measure(), TscClock.FrequencyKHz * 0.98, TscClock.FrequencyKHz * 1.02);
    }

    private static TscFrequency Find(Dictionary<uint, CpuidLeaf> leaves) => TscFrequencyFinder.Find(Reader(leaves), () => 777_777);

    private static CpuidReader Reader(Dictionary<uint, CpuidLeaf> leaves) => (leaf, _) => leaves.GetValueOrDefault(leaf);
}
