using PollScale.Governors;
using PollScale.Tests.Shared.Governors;
using Xunit;

namespace PollScale.Tests.Governors;

public class GovernorCatalogTests
{
    [Theory]
    [InlineData("optimal-available", typeof(OptimalAvailableGovernor))]
    [InlineData("optimal-available:delay-bound=500us,bound-share=0.7,peak=3e6,high-water=0.5,rate-time=1ms,lag-share=0,actuator-latency=500us", typeof(OptimalAvailableGovernor))]
    [InlineData("arrival-envelope", typeof(ArrivalEnvelopeGovernor))]
    [InlineData("arrival-envelope:delay-bound=500us,bound-share=0.5,high-water=0.5,rate-time=1ms,rate-margin=1.1,drain-time=1ms,hold-time=1ms,actuator-latency=30us", typeof(ArrivalEnvelopeGovernor))]
    [InlineData("drain-time", typeof(DrainTimeGovernor))]
    [InlineData("drain-time:drain-time=500us,hold-time=1.5ms,setpoint-backlog=8", typeof(DrainTimeGovernor))]
    [InlineData("max", typeof(FixedGovernor))]
    [InlineData("min", typeof(FixedGovernor))]
    [InlineData("index:5", typeof(FixedGovernor))]
    [InlineData("index:p-state=5", typeof(FixedGovernor))]
    public void A_text_names_a_governor(string text, Type type) => Assert.IsType(type, GovernorCatalog.Parse(text)(GovernorSamples.Context()));

    [Fact]
    public void Fixed_governors_hold_what_they_name()
    {
        GovernorContext context = GovernorSamples.Context(GovernorSamples.Table(fastest: 2, slowest: 18));
        Assert.Equal(2, GovernorCatalog.Parse("max")(context).Decide(GovernorSamples.Quiet).PState);
        Assert.Equal(18, GovernorCatalog.Parse("min")(context).Decide(GovernorSamples.Quiet).PState);
        Assert.Equal(5, GovernorCatalog.Parse("index:5")(context).Decide(GovernorSamples.Quiet).PState);
        Assert.ThrowsAny<ArgumentException>(() => GovernorCatalog.Parse("index:30")(context));
    }

    [Theory]
    [InlineData("", "is no governor: use optimal-available, arrival-envelope, drain-time")]
    [InlineData("optimal-available:delay-bound=10us", "takes 50us .. 100ms, or auto, not '10us'")]
    [InlineData("fastest", "'fastest' is no governor")]
    [InlineData("ondemand", "'ondemand' is no governor: use optimal-available, arrival-envelope, drain-time, max, min, index. Governors to compare with, such as ondemand, are in the package PollScale.Simulation")]
    [InlineData("max:", "'' is no option=value")]
    [InlineData("max:speed=1", "takes no options")]
    [InlineData("index", "as in index:5")]
    [InlineData("index:", "takes 0 .. 63, not ''")]
    [InlineData("index:64", "takes 0 .. 63")]
    public void What_is_wrong_is_said(string text, string expected)
    {
        Assert.False(GovernorCatalog.TryParse(text, out _, out string? error));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_without_end_is_refused() => Assert.Throws<GovernorFormatException>(() => GovernorCatalog.Parse(new string('x', 5000)));
}
