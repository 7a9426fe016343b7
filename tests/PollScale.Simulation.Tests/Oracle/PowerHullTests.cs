using PollScale.Simulation.Cores;
using PollScale.Simulation.Oracle;
using Xunit;

namespace PollScale.Simulation.Tests.Oracle;

public class PowerHullTests
{
    private static readonly PowerHull s_hull = PowerHull.Of(CoreModel.Synthetic);

    [Fact]
    public void It_is_flat_up_to_the_slowest_service_rate()
    {
        Assert.Equal(CoreModel.Synthetic.Watts[20], s_hull.Watts(0));
        Assert.Equal(CoreModel.Synthetic.Watts[20], s_hull.Watts(CoreModel.Synthetic.ServiceRate(20)), 1e-12);
        Assert.Equal(CoreModel.Synthetic.ServiceRate(0), s_hull.MaxRate);
        Assert.Equal(CoreModel.Synthetic.Watts[0], s_hull.Watts(2 * s_hull.MaxRate));
    }

    [Theory]
    [InlineData(0.25)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void Between_two_p_states_it_is_the_mix_of_both(double share)
    {
        double rate = (share * CoreModel.Synthetic.ServiceRate(7)) + ((1 - share) * CoreModel.Synthetic.ServiceRate(8));
        double mix = (share * CoreModel.Synthetic.Watts[7]) + ((1 - share) * CoreModel.Synthetic.Watts[8]);
        Assert.Equal(mix, s_hull.Watts(rate), 1e-12);
    }

    [Fact]
    public void A_p_state_above_the_mix_of_its_neighbours_is_not_used()
    {
        PowerHull hull = new([3, 2, 1], [5, 4.5, 1]);
        Assert.Equal(3, hull.Watts(2), 1e-12);
        Assert.Equal(2, new PowerHull([3, 2, 1], [3, 2.5, 2]).Watts(1), 1e-12);
        Assert.Equal(1, new PowerHull([2, 1], [1, 2]).Watts(1.5), 1e-12);
        Assert.Equal(2, new PowerHull([1, 1], [2, 3]).MaxWatts);
    }

    [Fact]
    public void A_core_that_sleeps_mixes_sleep_in_below_the_slowest_rate()
    {
        PowerHull hull = new([2, 1], [4, 1], sleepWatts: 0.2);
        Assert.Equal(0.2, hull.Watts(0), 1e-12);
        Assert.Equal(0.6, hull.Watts(0.5), 1e-12);
        Assert.Equal(2.5, hull.Watts(1.5), 1e-12);
    }

    [Fact]
    public void Lists_that_make_no_hull_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new PowerHull([], []));
        Assert.Throws<ArgumentException>(() => new PowerHull([1], [1, 2]));
        Assert.Throws<ArgumentException>(() => new PowerHull([double.NaN], [1]));
        Assert.Throws<ArgumentException>(() => new PowerHull([1], [-1]));
    }
}
