using PollScale.Simulation.Cores;
using Xunit;

namespace PollScale.Simulation.Tests.Cores;

public class CoreModelTests
{
    [Theory]
    [InlineData(0, 3.38e6, 3.40e6, 5.50)]
    [InlineData(20, 1.30e6, 1.32e6, 1.5815)]
    public void The_synthetic_core_serves_and_draws_what_its_figures_say(int pState, double least, double most, double watts)
    {
        Assert.InRange(CoreModel.Synthetic.ServiceRate(pState), least, most);
        Assert.Equal(watts, CoreModel.Synthetic.Watts[pState], 0.001);
    }
}
