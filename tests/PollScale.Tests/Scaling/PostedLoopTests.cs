using FsCheck.Fluent;
using PollScale.Governors;
using PollScale.Hypercall;
using PollScale.Tests.Shared.Drawing;
using Xunit;

namespace PollScale.Tests.Scaling;

/// <summary>The closed loops of <see cref="ClosedLoopTests"/> where grants come later.</summary>
public class PostedLoopTests
{
    [Theory]
    [InlineData(5)]
    [InlineData(30)]
    [InlineData(150)]
    public void On_off_traffic_loses_nothing_and_saves_energy(double delayUs)
    {
        (double scaled, SimulatedLcore lcore, PostedLcore posted) = RunFor(0.2, delayUs, OnOff(2.8e6, 0.2e6, 0.004));
        (double held, _, _) = RunFor(0.2, delayUs, OnOff(2.8e6, 0.2e6, 0.004), context => FixedGovernor.Max(context.PStates));
        TestContext.Current.TestOutputHelper?.WriteLine($"energy {scaled / held:f3}, posts {posted.Posts}, max backlog {lcore.MaxBacklog}");

        Assert.Equal(0, lcore.Lost);
        Assert.True(scaled < 0.4 * held, $"energy {scaled / held:f3} of the fastest P-state's");
        Assert.InRange(posted.Posts, 50, 500); // 25 periods of on and off; a post costs nothing worth saving
    }

    [Fact]
    public void A_constant_load_settles_without_posts()
    {
        SimulatedLcore lcore = new(t => t < 0.005 ? 0 : 2.0e6, callUs: 0);
        PostedLcore posted = new(lcore, 30);
        using LcoreScaler scaler = new(lcore.Options() with { Transport = posted });
        lcore.Run(scaler, 0.1);
        long posts = posted.Posts;
        lcore.Run(scaler, 0.5);

        Assert.InRange(posted.Posts - posts, 0, 4);
        Assert.Equal(0, lcore.Lost);
        Assert.InRange(lcore.PStates[scaler.LastGranted], 1_500_000u, 1_800_000u);
    }

    [Fact]
    public void Any_on_off_traffic_within_the_service_rate_loses_nothing() => Draw.Check(
        Gen.Choose(0, int.MaxValue).ToArbitrary(),
        seed =>
        {
            Random random = new(seed);
            double high = 3.4e6 * random.NextDouble();
            double half = Math.Pow(10, -5 + (3 * random.NextDouble()));
            SimulatedLcore lcore = new(OnOff(high, high * random.NextDouble(), half), callUs: 0, cyclesPerPacket: 300 + (450 * random.NextDouble()), jitter: random);
            using LcoreScaler scaler = new(lcore.Options() with { Transport = new PostedLcore(lcore, 200 * random.NextDouble()) });
            lcore.Run(scaler, 0.05);
            return lcore.Lost == 0 ? null : $"{lcore.Lost} of {lcore.Received + lcore.Lost} lost, {high:f0}/s for {half:g3} s";
        },
        100,
        seed: 1);

    [Fact]
    public void A_flaky_host_costs_no_packets_at_moderate_load()
    {
        Random random = new(7);
        FrequencyStatus[] faults = [FrequencyStatus.Throttled, FrequencyStatus.BackendFailed, FrequencyStatus.TimedOut];
        SimulatedLcore lcore = new(OnOff(2.0e6, 0.2e6, 0.003), callUs: 0)
        {
            Fault = () => random.Next(10) == 0 ? new FrequencyReply(faults[random.Next(3)]) : null,
        };
        using LcoreScaler scaler = new(lcore.Options() with { Transport = new PostedLcore(lcore, 30) });
        lcore.Run(scaler, 0.3);

        Assert.True(scaler.FailedCalls > 0);
        Assert.Equal(0, lcore.Lost);
    }

    private static (double Energy, SimulatedLcore Lcore, PostedLcore Posted) RunFor(double seconds, double delayUs, Func<double, double> arrivals, Func<GovernorContext, IGovernor>? governor = null)
    {
        SimulatedLcore lcore = new(arrivals, callUs: 0);
        PostedLcore posted = new(lcore, delayUs);
        using LcoreScaler scaler = new(lcore.Options(governor) with { Transport = posted });
        lcore.Run(scaler, seconds);
        return (lcore.Energy, lcore, posted);
    }

    private static Func<double, double> OnOff(double high, double low, double halfPeriod) => t => (long)(t / halfPeriod) % 2 == 1 ? high : low;
}
