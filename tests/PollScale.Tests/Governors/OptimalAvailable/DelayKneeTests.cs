using PollScale.Governors;
using PollScale.Hypercall;
using PollScale.Tests.Transports;
using Xunit;

namespace PollScale.Tests.Governors;

public class DelayKneeTests
{
    [Fact]
    public void The_slower_the_actuator_the_longer_the_bound()
    {
        TimeSpan[] bounds = [.. new uint[] { 10_000, 30_000, 100_000, 500_000, 1_000_000 }.Select(latency => Make(latency).DelayBound)];
        Assert.Equal(bounds.Order(), bounds);
        Assert.InRange(bounds[1].TotalMicroseconds, 80, 160);
        Assert.InRange(bounds[3].TotalMicroseconds, 450, 800);
    }

    [Fact]
    public void The_longer_a_call_the_longer_the_bound()
    {
        TimeSpan[] bounds = [.. new[] { 1, 10, 30, 100 }.Select(us => new OptimalAvailableGovernor(Context(20_000, 4096) with { CallTime = TimeSpan.FromMicroseconds(us) }).DelayBound)];
        Assert.Equal(bounds.Distinct().Order(), bounds);
    }

    [Fact]
    public void It_is_a_knee()
    {
        DelayKnee knee = Make(100_000).Knee!.Value;
        Assert.InRange(knee.TwiceSaves, 0.01, 0.06);
        Assert.True(knee.HalfCosts > 1.5 * knee.TwiceSaves);
        Assert.Contains("half of it would cost about", knee.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_small_ring_fills_before_and_what_is_told_is_kept()
    {
        Assert.True(Make(1_000_000, ring: 1024).DelayBound < Make(1_000_000).DelayBound);
        OptimalAvailableGovernor told = Make(500_000, options: new OptimalAvailableOptions { DelayBound = TimeSpan.FromMilliseconds(3) });
        Assert.Equal((TimeSpan.FromMilliseconds(3), null), (told.DelayBound, told.Knee));
        Assert.NotNull(((OptimalAvailableGovernor)GovernorCatalog.Parse("optimal-available:delay-bound=auto")(Context(30_000, 4096))).Knee);
    }

    private static OptimalAvailableGovernor Make(uint latencyNs, int ring = 4096, OptimalAvailableOptions? options = null) => new(Context(latencyNs, ring), options);

    private static GovernorContext Context(uint latencyNs, int ring)
    {
        PStateTable table = FakeHost.Table();
        return new GovernorContext(new PStateTable(table.KHz, 0, table.Count - 1, latencyNs), 1_000_000, ring, 32, 20_000);
    }
}
