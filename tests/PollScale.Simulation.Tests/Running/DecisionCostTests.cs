using PollScale.Governors;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Incumbents;
using PollScale.Simulation.Running;
using Xunit;

namespace PollScale.Simulation.Tests.Running;

public class DecisionCostTests
{
    [Fact]
    public void Every_governor_of_the_catalog_has_a_measured_cost()
    {
        GovernorContext context = new(TestCores.Options(CoreModel.Synthetic, TestCores.Ms).PStates(), SimTime.TscKHz, 4096, 32, 20_000);
        Assert.All(ComparedGovernors.List.Entries, entry => Assert.Contains(ComparedGovernors.Parse(entry.TakesValue ? $"{entry.Name}:1" : entry.Name)(context).GetType(), DecisionCosts.Nanoseconds));
    }

    [Fact]
    public void A_decision_takes_its_governors_cost_unless_told()
    {
        PollLoopOptions options = TestCores.Options(TestCores.Round, TestCores.Ms) with { DecisionCost = null, Governor = context => new OptimalAvailableGovernor(context) };
        long measured = DecisionCosts.Nanoseconds[typeof(OptimalAvailableGovernor)] * TestCores.Ns;
        PollLoopOptions slotted = options with { Actuator = new SlottedActuator(500 * TestCores.Us) };
        Assert.Equal(measured, new SimulatedScaler(slotted, new CoreTimeline(slotted)).DecisionCost);
        Assert.InRange(new SimulatedScaler(options, new CoreTimeline(options)).DecisionCost, measured + 1, 2 * measured);
        PollLoopOptions told = options with { DecisionCost = 7 };
        Assert.Equal(7, new SimulatedScaler(told, new CoreTimeline(told)).DecisionCost);

        // What decisions take is missing from polls.
        long polls = PollLoop.Run(options with { DecisionCost = 0, Governor = context => FixedGovernor.Max(context.PStates) }, new ListedArrivals()).Polls;
        long fewer = PollLoop.Run(options with { DecisionCost = 10 * TestCores.Us, Governor = context => FixedGovernor.Max(context.PStates) }, new ListedArrivals()).Polls;
        Assert.InRange(fewer, polls * 0.6, polls * 0.72);
    }

    [Fact]
    public void What_telling_of_polls_takes_is_missing_from_polls()
    {
        PollLoopOptions options = TestCores.Options(TestCores.Round, TestCores.Ms) with { Governor = context => FixedGovernor.Max(context.PStates) };
        long each = TestCores.Round.PollTime(0, 0), polls = PollLoop.Run(options, new ListedArrivals()).Polls;
        Assert.InRange(PollLoop.Run(options with { ObserveCost = each }, new ListedArrivals()).Polls, polls * 0.49, polls * 0.51);
        Assert.Equal(DecisionCosts.ObservePicoseconds, (options with { ObserveCost = null }).Observing);
        Assert.Equal(0, (options with { ObserveCost = null, DecisionPeriod = 0 }).Observing);
    }
}
