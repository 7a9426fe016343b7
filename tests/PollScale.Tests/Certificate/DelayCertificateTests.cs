using PollScale.Governors;
using PollScale.Hypercall;
using Xunit;

namespace PollScale.Tests.Governors;

public class DelayCertificateTests
{
    private static readonly LossPremises s_synthetic = new()
    {
        PStates = new PStateTable([.. Enumerable.Range(0, 21).Select(i => (uint)(3_000_000 - (i * 100_000)))], 0, 20, 0),
        Cost = new ServiceCost(700 + (60 / 32.0), 60 + (20 / 32.0)),
        PeakPacketsPerSecond = 3.39e6,
        RingSize = 16384,
        TransitionLatency = TimeSpan.FromMicroseconds(500),
        Actuator = ActuatorPremises.Covered,
        DecisionPeriod = TimeSpan.FromMicroseconds(20),
    };

    [Theory]
    [InlineData(1000, true)]
    [InlineData(400, true)]
    [InlineData(350, false)]
    [InlineData(250, false)]
    public void A_bound_shorter_than_what_piles_up_is_refused_with_a_floor_and_a_bound_that_do(int boundUs, bool kept)
    {
        DelayCertificate certificate = For(s_synthetic, boundUs);
        Assert.Equal((kept, null), (certificate.Kept, certificate.Withheld));
        Assert.True(For(s_synthetic, certificate.ShortestBound!.Value.TotalMicroseconds).Kept);
        Assert.False(For(s_synthetic, 0.99 * certificate.ShortestBound!.Value.TotalMicroseconds).Kept);
        PStateTable floored = new(s_synthetic.PStates.KHz, 0, certificate.FloorPState!.Value, 0);
        Assert.True(For(s_synthetic with { PStates = floored }, boundUs).Kept);
        Assert.Equal(kept, certificate.FloorPState == 20);
        Assert.Contains(kept ? "can be kept" : $"P-state {certificate.FloorPState} (", certificate.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Stalls_calls_and_latency_make_the_shortest_bound_longer()
    {
        TimeSpan least = For(s_synthetic, 1000).ShortestBound!.Value, more = TimeSpan.FromMicroseconds(50);
        Assert.All(
            (LossPremises[])[
                s_synthetic with { CallTime = more }, s_synthetic with { TransitionLatency = s_synthetic.TransitionLatency + more }, s_synthetic with { DecisionPeriod = s_synthetic.DecisionPeriod + more },
                s_synthetic with { Actuator = new ActuatorPremises { Stall = more } }],
            worse => Assert.True(For(worse, 1000).ShortestBound > least));
    }

    [Fact]
    public void Who_keeps_no_bound_is_promised_none_and_full_speed_needs_no_help()
    {
        GovernorContext context = new(s_synthetic.PStates, 1_000_000, s_synthetic.RingSize, 32, 20_000);
        Assert.True(Of("optimal-available:peak=3390000,actuator-latency=500us").Kept);
        Assert.True(Of("max").Kept);
        Assert.False(Of("min").Kept);
        Assert.All(
            (string[])["optimal-available:actuator-latency=500us", "optimal-available:peak=3390000,actuator-latency=500us,delay-bound=2ms", "drain-time:peak=3390000,actuator-latency=500us", "arrival-envelope"],
            text => Assert.NotNull(Of(text).Withheld));

        DelayCertificate Of(string text) => For(s_synthetic with { Governor = GovernorCatalog.Parse(text)(context) }, 1000);
    }

    private static DelayCertificate For(LossPremises premises, double boundUs) => DelayCertificate.For(premises, TimeSpan.FromMicroseconds(boundUs));
}
