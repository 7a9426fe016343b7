using PollScale.HostStub.Frequency;
using PollScale.HostStub.Placement;
using PollScale.HostStub.Run;
using PollScale.HostStub.Simulation;
using PollScale.Simulation.Cores;
using Xunit;

namespace PollScale.HostStub.Tests.Run;

public class SleepEnergyTests
{
    private static readonly PStateModel s_model = new("two", "a test", 10_000, [new PStateEntry(3_000_000, 1, 4), new PStateEntry(1_000_000, 1, 1)],
        [new IdleStateEntry("C1", 0.8, 2_000, 2_000, "a test"), new IdleStateEntry("C6", 0.2, 100_000, 500_000, "a test")]);

    // Two seconds: one at 5 W, one at 2 W.
    private static readonly EnergySnapshot s_span = new([1, 1], [5, 2], 1);

    [Theory]
    [InlineData(2.0, 0.0, 1, 0.0)]
    [InlineData(0.5, 0.0, 10_000, 1.5 * (3.5 - 0.8))]
    [InlineData(0.5, 0.5, 10_000, 1.0 * (3.5 - 0.8))]
    [InlineData(0.5, 0.0, 100, 1.5 * (3.5 - 0.2))]
    [InlineData(0.5, 0.0, 10_000_000, 0.0)]
    [InlineData(3.0, 0.0, 1, 0.0)]
    public void What_is_off_the_cpu_draws_what_the_idle_state_does(double ran, double keptWaiting, long arrivals, double saved) =>
        Assert.Equal(saved, new SleepEnergy(s_model).Saved(s_span, new ThreadUsage(TimeSpan.FromSeconds(ran), TimeSpan.FromSeconds(keptWaiting), arrivals)), 1e-9);

    [Fact]
    public void Without_idle_states_it_is_what_the_slowest_draws_at_any_frequency() =>
        Assert.Equal(3.5 - 1, new SleepEnergy(s_model with { IdleStates = [] }).Saved(s_span, new ThreadUsage(TimeSpan.FromSeconds(1), TimeSpan.Zero, 1000)), 1e-9);

    /// <summary>run and simulate may not see each other's rule.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1_999)]
    [InlineData(2_000)]
    [InlineData(499_999)]
    [InlineData(500_000)]
    [InlineData(10_000_000)]
    public void A_wait_reaches_the_idle_state_that_it_does_in_simulate(long ns)
    {
        Assert.Null(CoreModels.Make(s_model, 700, 60, idleWatts: null, out CoreModel? core));
        int reached = core!.Idle.Reached(ns * SimTime.Nanosecond);
        Assert.Equal(reached == IdleStates.None ? null : core.Idle.List[reached].Watts, s_model.WattsAsleep(ns));
    }

    [Fact]
    public void Saved_joules_count_against_full_speed() => Assert.Equal((30.0, 60.0), (Math.Round(s_span.SavedPercent, 9), Math.Round(s_span.SavedPercentWithout(3), 9)));
}
