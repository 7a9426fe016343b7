using FsCheck.Fluent;
using PollScale.Governors;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Running;
using PollScale.Simulation.Tests.Running;
using PollScale.Simulation.Traffic;
using PollScale.Tests.Shared.Drawing;
using Xunit;

namespace PollScale.Simulation.Tests.Governors;

/// <summary>What an actuator does that the certificate does not cover is seen; and nothing is seen that is not there.</summary>
public class ActuatorSurpriseTests
{
    private static readonly string[] s_traffic = ["square", "adversary", "mmpp2", "poisson-30", "step", "on-off"];

    [Fact]
    public void A_grid_that_changes_within_the_latency_stated_loses_nothing() => Draw.Check(Arb.From(
        from at in Gen.Choose(50, 350)
        from shift in Gen.Choose(0, 490) // edges come later: up to a period more
        from twice in Gen.Elements(false, true)
        from ring in Gen.Elements(4096, 8192) // Lambda is up to 1 with these
        from traffic in Gen.Elements(s_traffic)
        from seed in Gen.Choose(1, 1000)
        select (Actuator: new JumpingGrid(500 * TestCores.Us, at * TestCores.Ms, shift * TestCores.Us, (twice ? 1000 : 500) * TestCores.Us, TestCores.Ms), ring, traffic, seed)), one =>
    {
        (RunResult run, ActuatorSurprise seen) = Run(one.Actuator, one.ring, one.traffic, one.seed, 800 * TestCores.Ms);
        return run.Lost == 0 && seen != ActuatorSurprise.Late ? null : $"{run.Lost} lost, {seen}";
    }, 100, seed: 1);

    [Fact]
    public void A_grid_that_becomes_wider_than_stated_is_seen_as_late()
    {
        JumpingGrid actuator = new(500 * TestCores.Us, 200 * TestCores.Ms, 0, 1000 * TestCores.Us, 500 * TestCores.Us);
        Assert.Equal(ActuatorSurprise.Late, Run(actuator, 4096, "square", 1, 800 * TestCores.Ms).Seen);
    }

    [Theory]
    [InlineData("500us-grid+40us")]
    [InlineData("500us-grid+380us")]
    [InlineData("1ms-grid+380us")]
    public void An_execution_time_loses_nothing(string actuator)
    {
        Assert.All((string[])["square", "adversary"], traffic =>
        {
            (RunResult run, ActuatorSurprise seen) = Run(ActuatorText.Parse(actuator), 4096, traffic, 1, 800 * TestCores.Ms);
            Assert.Equal((traffic, 0, false), (traffic, run.Lost, seen == ActuatorSurprise.Late));
        });
    }

    [Theory]
    [InlineData("500us")]
    [InlineData("1ms")]
    [InlineData("250us-grid")]
    [InlineData("500us-grid+40us")]
    [InlineData("1ms-grid+380us/20us")]
    [InlineData("500us-grid+20us..50us,jump=220us@40ms")]
    [InlineData("0us..500us-delay")]
    [InlineData("0us..500us-delay/20us")]
    [InlineData("30us")]
    [InlineData("200us")]
    [InlineData("500us-delay")]
    public void No_actuator_that_keeps_to_its_latency_is_taken_for_late(string actuator) => Assert.All(s_traffic, traffic =>
        Assert.All(Enumerable.Range(1, 3), seed => Assert.NotEqual((traffic, seed, ActuatorSurprise.Late), (traffic, seed, Run(ActuatorText.Parse(actuator), 4096, traffic, seed, 500 * TestCores.Ms).Seen))));

    private static (RunResult Run, ActuatorSurprise Seen) Run(IActuator actuator, int ring, string traffic, int seed, long duration)
    {
        OptimalAvailableGovernor? governor = null;
        Workload workload = Workloads.Standard.First(w => w.Name == traffic);
        RunResult run = PollLoop.Run(
            new PollLoopOptions
            {
                Actuator = actuator,
                RingSize = ring,
                Duration = duration,
                Warmup = 40 * TestCores.Ms,
                Seed = (ulong)seed,
                Governor = context => governor = new OptimalAvailableGovernor(context, new OptimalAvailableOptions { PeakPacketsPerSecond = workload.Model.PeakRate, DelayBound = TimeSpan.FromMilliseconds(2) }),
            },
            workload.Model,
            (ulong)seed);
        return (run, governor!.Surprise);
    }
}
