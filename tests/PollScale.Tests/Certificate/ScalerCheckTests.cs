using PollScale.Governors;
using PollScale.Polling;
using PollScale.Tests.Scaling;
using PollScale.Tests.Transports;
using PollScale.Transports;
using Xunit;

namespace PollScale.Tests.Governors;

public sealed class ScalerCheckTests : IDisposable
{
    private readonly ScalerLab _lab = new() { Host = new LoopbackTransport(FakeHost.Table(latencyNs: 500_000), emulated: true) };

    [Fact]
    public void Without_a_peak_rate_there_is_no_certificate()
    {
        using LcoreScaler scaler = new(_lab.Options with { Governor = null });
        Assert.Null(scaler.Certificate);
        Assert.Empty(scaler.Warnings);
    }

    [Fact]
    public void A_ring_that_is_too_small_is_warned_of()
    {
        using LcoreScaler small = new(_lab.Options with { Governor = null, RingSize = 512, PeakPacketsPerSecond = 2.9e6 });
        using LcoreScaler large = new(_lab.Options with { Governor = null, RingSize = 4096, PeakPacketsPerSecond = 2.9e6 });

        Assert.False(small.Certificate!.LossFree);
        Assert.Equal([small.Certificate.Text], small.Warnings);
        Assert.Contains("2,048", small.Certificate.Text, StringComparison.Ordinal);
        Assert.True(large.Certificate!.LossFree);
        Assert.Empty(large.Warnings);
    }

    [Fact]
    public void The_governors_high_water_is_the_ring_that_counts()
    {
        using LcoreScaler cautious = Make(0.25);
        using LcoreScaler bold = Make(1);

        Assert.Equal(4 * bold.Certificate!.Lambda, cautious.Certificate!.Lambda, 1e-9);

        LcoreScaler Make(double highWater) => new(_lab.Options with
        {
            PeakPacketsPerSecond = 2.9e6,
            Governor = context => new OptimalAvailableGovernor(context, new OptimalAvailableOptions { HighWater = highWater }),
        });
    }

    [Fact]
    public void A_governor_without_a_bound_is_warned_of()
    {
        using LcoreScaler scaler = new(_lab.Options with { PeakPacketsPerSecond = 1e6, Governor = GovernorCatalog.Parse("arrival-envelope") });
        using LcoreScaler still = new(_lab.Options with { PeakPacketsPerSecond = 1e6, Governor = GovernorCatalog.Parse("max") });
        Assert.Contains("ArrivalEnvelopeGovernor", Assert.Single(scaler.Warnings), StringComparison.Ordinal);
        Assert.Empty(still.Warnings);
    }

    [Fact]
    public void With_real_p_states_the_certificate_is_withheld()
    {
        using LoopbackTransport real = new(FakeHost.Table(latencyNs: 500_000));
        using LcoreScaler scaler = new(_lab.Options with { Transport = real, Governor = null, RingSize = 4096, PeakPacketsPerSecond = 2.9e6 });
        Assert.False(scaler.Certificate!.LossFree);
        Assert.Contains("the host states 500 us", scaler.Certificate.Withheld, StringComparison.Ordinal);
        Assert.Equal([scaler.Certificate.Text], scaler.Warnings);
    }

    [Fact]
    public void A_delay_bound_that_is_too_short_is_warned_of_before_it_runs()
    {
        using LcoreScaler scaler = new(_lab.Options with { Governor = GovernorCatalog.Parse("optimal-available:delay-bound=50us,actuator-latency=500us"), RingSize = 16384, PeakPacketsPerSecond = 2.9e6 });
        Assert.Equal((true, false), (scaler.Certificate!.LossFree, scaler.DelayCertificate!.Kept));
        Assert.Equal([scaler.DelayCertificate.Text], scaler.Warnings);
        Assert.Contains("50 us cannot be kept", scaler.DelayCertificate.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ActuatorSurprise.OffGrid)]
    [InlineData(ActuatorSurprise.MissedEdge)]
    public void A_grid_that_is_none_withdraws_nothing(ActuatorSurprise surprise)
    {
        Surprised governor = new() { Surprise = surprise };
        using LcoreScaler scaler = new(_lab.Options with { Governor = _ => governor, RingSize = 4096, PeakPacketsPerSecond = 2.9e6 });
        Assert.True(scaler.Certificate!.LossFree);
    }

    [Theory]
    [InlineData(ActuatorSurprise.Late)]
    public void What_is_seen_at_run_time_withdraws_the_certificate_and_says_so_once(ActuatorSurprise surprise)
    {
        Surprised governor = new();
        using LcoreScaler scaler = new(_lab.Options with { Governor = _ => governor, RingSize = 4096, PeakPacketsPerSecond = 2.9e6 });
        Assert.True(scaler.Certificate!.LossFree);
        Assert.Empty(scaler.Warnings);

        governor.Surprise = surprise;
        Assert.False(scaler.Certificate!.LossFree);
        Assert.Contains("seen", Assert.Single(scaler.Warnings), StringComparison.Ordinal);
        Assert.Same(scaler.Certificate, scaler.Certificate);
    }

    [Fact]
    public void A_contradiction_withdraws_it_in_its_own_words()
    {
        Surprised governor = new();
        using LcoreScaler scaler = new(_lab.Options with { Governor = _ => governor, RingSize = 4096, PeakPacketsPerSecond = 2.9e6 });
        Assert.True(scaler.Certificate!.LossFree);

        governor.Contradiction = "packets were seen to fly";
        Assert.Equal("packets were seen to fly", scaler.Certificate!.Withheld);
        Assert.Contains("not ruled out: packets were seen to fly.", Assert.Single(scaler.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void The_peak_rate_reaches_the_governor()
    {
        GovernorContext? seen = null;
        using LcoreScaler scaler = new(_lab.Options with
        {
            PeakPacketsPerSecond = 1.5e6,
            Governor = context =>
            {
                seen = context;
                return new DrainTimeGovernor(context);
            },
        });
        Assert.Equal(1.5e6, seen!.PeakPacketsPerSecond);
    }

    [Fact]
    public void The_new_options_out_of_range_are_named()
    {
        Bad(_lab.Options with { Queues = 0 }, nameof(LcoreScalerOptions.Queues));
        Bad(_lab.Options with { Queues = 17 }, nameof(LcoreScalerOptions.Queues));
        Bad(_lab.Options with { PeakPacketsPerSecond = -1 }, nameof(LcoreScalerOptions.PeakPacketsPerSecond));
        Bad(_lab.Options with { PeakPacketsPerSecond = double.NaN }, nameof(LcoreScalerOptions.PeakPacketsPerSecond));
        Bad(_lab.Options with { PacketCost = default }, nameof(LcoreScalerOptions.PacketCost));
        Bad(_lab.Options with { PacketCost = new ServiceCost(double.NaN) }, nameof(LcoreScalerOptions.PacketCost));
    }

    public void Dispose() => _lab.Dispose();

    private sealed class Surprised : ILossBoundGovernor
    {
        public double HighWater => 1;

        public double PeakPacketsPerSecond => 2.9e6;

        public TimeSpan ActuatorLatency => TimeSpan.FromMilliseconds(1);

        public ActuatorSurprise Surprise { get; set; }

        public string? Contradiction { get; set; }

        public ScalingDecision Decide(in QueueSample sample) => new(0);
    }

    private static void Bad(LcoreScalerOptions options, string name) =>
        Assert.Contains(name, Assert.Throws<ArgumentException>(() => new LcoreScaler(options)).Message, StringComparison.Ordinal);
}
