using PollScale.Governors;
using PollScale.Simulation.Running;
using PollScale.Simulation.Tests.Running;
using PollScale.Simulation.Traffic;
using Xunit;

namespace PollScale.Simulation.Tests.Governors;

/// <summary>Packets of a steady stream wait for energy's sake alone: where waiting saves none, they are served as they come, whatever delay they are allowed.</summary>
public class VainWaitTests
{
    private const double NoWaitUs = 5;

    // Of energy: what a wait of some hundred microseconds must save at least.
    private const double Worthwhile = 0.003;

    /// <summary>What the slowest P-state serves.</summary>
    [Theory]
    [InlineData("30us", 200)]
    [InlineData("500us", 1000)]
    [InlineData("500us", 10_000)]
    [InlineData("1ms-grid+380us", 10_000)]
    public void Nothing_waits_for_a_p_state_that_is_not_needed(string actuator, int boundUs) =>
        Assert.All([1, 3, 10, 20, 30, 34], percent => Assert.InRange(Run(actuator, boundUs, percent).Delay.P999, 0, NoWaitUs));

    /// <summary>Between two P-states a backlog that swings mixes them: that must save something.</summary>
    [Theory]
    [InlineData("30us", 200)]
    [InlineData("500us", 600)]
    [InlineData("500us", 2000)]
    public void A_wait_saves_energy(string actuator, int boundUs) => Assert.All([36, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90, 95], percent =>
    {
        RunResult waits = Run(actuator, boundUs, percent), serves = Run(actuator, boundUs, percent, new OptimalAvailableOptions { LagShare = 0.05 });
        bool worthwhile = waits.Joules <= (1 - Worthwhile) * serves.Joules;
        Assert.True(waits.Delay.P50 <= NoWaitUs + serves.Delay.P50 || worthwhile, $"{percent} %: {waits.Delay.P50:f0} us for {waits.Joules / serves.Joules:f4}, {serves.Delay.P50:f0} us without");
    });

    private static RunResult Run(string actuator, int boundUs, int percent, OptimalAvailableOptions? governor = null)
    {
        PollLoopOptions options = OptimalAvailableRuns.Options(actuator, 4096, 900 * TestCores.Ms, bound: boundUs * TestCores.Us, governor: governor) with { Warmup = 400 * TestCores.Ms };
        return PollLoop.Run(options, Workloads.Read($"constant:rate={percent}%", TrafficDefaults.ReferenceRate).Model.Start(1, options.Duration));
    }
}
