using FsCheck;
using FsCheck.Fluent;
using PollScale.HostStub.Traffic;
using PollScale.Memif;
using Xunit;

namespace PollScale.HostStub.Tests.Traffic;

public class RingPlanTests
{
    private const long Plenty = 64L << 30;

    [Fact]
    public void Every_frame_that_libpcap_reads_finds_a_region_at_every_usual_ring() =>
        Prop.ForAll(Gen.Choose(0, 262_144 + 14).ToArbitrary(), Gen.Choose(5, 14).ToArbitrary(), (frame, log2) =>
        {
            RingPlan plan = RingPlan.Make(log2, isAsked: false, frame, Plenty);
            return plan.Layout.MaxFrame >= frame && plan.Layout.Log2RxSize <= log2 && (plan.Note is null) == (plan.Layout.Log2RxSize == log2);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_ring_that_was_asked_for_is_used_or_refused_with_one_that_would_do()
    {
        Assert.Equal(14, RingPlan.Make(14, isAsked: true, 32_700, 1 << 20).Layout.Log2RxSize);
        string refusal = Assert.Throws<TrafficException>(() => RingPlan.Make(14, isAsked: true, 33_000, Plenty)).Message;
        Assert.Contains("--ring 8192", refusal, StringComparison.Ordinal);
        Assert.Equal(13, RingPlan.Make(13, isAsked: true, 33_000, Plenty).Layout.Log2RxSize);
    }

    [Fact]
    public void A_small_machine_gets_a_smaller_ring_and_is_told()
    {
        Assert.Equal(14, RingPlan.Make(14, isAsked: false, 60, 512 << 20).Layout.Log2RxSize);
        RingPlan small = RingPlan.Make(14, isAsked: false, 33_000, 512 << 20);
        Assert.Equal(10, small.Layout.Log2RxSize);
        Assert.Contains("1,024 descriptors instead of 16,384", small.Note!, StringComparison.Ordinal);
        Assert.Equal(PacketRegionLayout.MinLog2RingSize, RingPlan.Make(14, isAsked: false, 262_144, 1).Layout.Log2RxSize);
    }
}
