using PollScale.Simulation.Cores;
using Xunit;

namespace PollScale.Simulation.Tests.Cores;

public class ActuatorTests
{
    private const long Us = SimTime.Microsecond;

    [Fact]
    public void A_delay_follows_each_request()
    {
        DelayActuator actuator = new(30 * Us, 2 * Us);
        Assert.Equal(35 * Us, actuator.EffectTime(5 * Us, seed: 1));
        Assert.Equal(32 * Us, actuator.WorstLatency);
    }

    [Fact]
    public void A_grid_acts_at_the_edge_after_a_request_and_an_execution_time_later()
    {
        SlottedActuator actuator = new(500 * Us, 20 * Us);
        long edge = actuator.Phase(7) + (3 * 500 * Us);
        Assert.Equal(edge + (20 * Us), actuator.EffectTime(edge - 1, seed: 7));
        Assert.Equal(edge + (20 * Us), actuator.EffectTime(edge - (500 * Us), seed: 7));
        Assert.Equal(edge + (520 * Us), actuator.EffectTime(edge, seed: 7));
        Assert.Equal(actuator.Phase(7) + (20 * Us), actuator.EffectTime(0, seed: 7));
        Assert.Equal(520 * Us, actuator.WorstLatency);
    }

    [Fact]
    public void Phases_of_a_grid_lie_everywhere_in_a_slot()
    {
        SlottedActuator actuator = new(1000);
        long[] phases = [.. Enumerable.Range(0, 2000).Select(seed => actuator.Phase((ulong)seed))];
        Assert.All(phases, phase => Assert.InRange(phase, 0, 999));
        Assert.All(Enumerable.Range(0, 10), tenth => Assert.InRange(phases.Count(phase => phase / 100 == tenth), 140, 260));
    }

    [Theory]
    [InlineData("10us", 10)]
    [InlineData("30us", 30)]
    [InlineData("500us", 500)]
    [InlineData("500us-grid", 500)]
    [InlineData("1ms", 1000)]
    [InlineData("1ms-grid", 1000)]
    [InlineData(" 1MS-Grid ", 1000)]
    [InlineData("500us-delay", 500)]
    [InlineData("1ms-grid+380us", 1380)]
    [InlineData("0.5ms-grid+20us/12us", 532)]
    [InlineData("21us/9us", 30)]
    [InlineData("0us..500us-delay", 500)]
    [InlineData("10us..30us/2us", 32)]
    [InlineData("500us-grid+20us..50us/3us,jump=200us@50ms", 553)]
    [InlineData("500us-grid,then=1ms@200ms", 1000)]
    public void A_text_names_an_actuator_and_its_name_names_it_too(string text, long worstUs)
    {
        IActuator actuator = ActuatorText.Parse(text), again = ActuatorText.Parse(actuator.Name);
        Assert.Equal(worstUs * Us, actuator.WorstLatency);
        Assert.Equal((actuator.Name, actuator.WorstLatency, actuator.Stall), (again.Name, again.WorstLatency, again.Stall));
        Assert.Equal(actuator.EffectTime(12345 * Us, 3), again.EffectTime(12345 * Us, 3));
    }

    [Theory]
    [InlineData("500us-grid,jump=230us@7ms")]
    [InlineData("500us-grid,then=1ms@20ms")]
    [InlineData("1ms-grid,then=300us@20ms")]
    [InlineData("1ms-grid+100us..380us,jump=999us@3ms")]
    [InlineData("0us..500us-delay/20us")]
    public void Whatever_moves_each_request_takes_effect_within_the_latency(string text)
    {
        IActuator actuator = ActuatorText.Parse(text);
        for (ulong seed = 0; seed < 20; seed++)
        {
            Assert.All(Enumerable.Range(0, 4000).Select(i => i * 11_003_001L), request =>
                Assert.InRange(actuator.EffectTime(request, seed) - request, 0, actuator.WorstLatency - actuator.Stall));
        }
    }

    [Theory]
    [InlineData("500us", true)]
    [InlineData("1ms", true)]
    [InlineData("500us-delay", false)]
    [InlineData("30us", false)]
    [InlineData("30us-grid", true)]
    public void Server_grids_need_no_suffix(string text, bool grid) => Assert.Equal(grid, ActuatorText.Parse(text) is SlottedActuator);

    [Theory]
    [InlineData("", "'' is no time")]
    [InlineData("30", "'30' is no time")]
    [InlineData("-5us", "'-5us' is no time")]
    [InlineData("2s", "'2s' is no time")]
    [InlineData("us-grid", "'us' is no time")]
    [InlineData("0us-grid", "longer than 0")]
    [InlineData("30us+5us", "only a grid has an execution time")]
    [InlineData("500us+x", "the execution time 'x'")]
    [InlineData("500us/", "the stall ''")]
    [InlineData("500us-grid,jump=500us@50ms", "moves no grid of 500us")]
    [InlineData("500us-grid,jump=100us@400us", "moves no grid")]
    [InlineData("500us-grid,leap=100us@50ms", "moves no grid")]
    [InlineData("30us,jump=10us@1ms", "edges that move")]
    [InlineData("50us..20us-delay", "no time")]
    public void A_bad_text_is_refused_with_what_is_valid(string text, string part)
    {
        Assert.False(ActuatorText.TryParse(text, out IActuator? actuator, out string? complaint));
        Assert.Null(actuator);
        Assert.Contains(part, complaint, StringComparison.Ordinal);
        Assert.Contains("such as 500us-grid", complaint, StringComparison.Ordinal);
        Assert.Equal(complaint, Assert.Throws<FormatException>(() => ActuatorText.Parse(text)).Message);
    }
}
