using FsCheck;
using FsCheck.Fluent;
using PollScale.Polling;
using Xunit;

namespace PollScale.Tests.Polling;

public class LinearCostTests
{
    [Fact]
    public void Cycles_and_memory_are_told_apart_once_two_speeds_were_seen() => Prop.ForAll<byte, byte>((c, m) =>
    {
        double cycles = 300 + (10 * c), memory = 2 * m;
        LinearCost cost = new(1000, 100, 1.25);
        for (int i = 0; i < 5000; i++)
        {
            double x = i % 2 == 0 ? 0.83 : 2.5;
            cost.Observe(x, (cycles * x) + memory);
        }

        double middle = (cycles * 1.5) + memory;
        return Math.Abs(cost.At(1.5) - middle) < 0.02 * middle && Math.Abs(cost.Cycles - cycles) < 0.1 * cycles;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void One_speed_alone_is_met_there_and_the_rest_follows_the_prior()
    {
        LinearCost cost = new(1000, 100, 1);
        for (int i = 0; i < 3000; i++)
        {
            cost.Observe(1, 550);
        }

        Assert.Equal(550, cost.At(1), 3.0);
        Assert.InRange(cost.At(2), 700, 1150);
    }

    [Fact]
    public void Parts_stay_finite_and_not_negative_whatever_comes() => Prop.ForAll<Tuple<double, byte>[]>(samples =>
    {
        LinearCost cost = new(1000, 100, 1);
        foreach ((double y, byte weight) in samples)
        {
            if (!double.IsNaN(y))
            {
                cost.Observe(0.8 + (weight / 100.0), y, weight / 255.0);
            }
        }

        return cost.Cycles >= 0 && cost.Ticks >= 0 && double.IsFinite(cost.At(2)) && cost.At(2) > 0;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_light_sample_says_less()
    {
        LinearCost light = new(1000, 100, 1), heavy = light;
        for (int i = 0; i < 10; i++)
        {
            light.Observe(1, 600, 0.01);
            heavy.Observe(1, 600);
        }

        Assert.True(heavy.At(1) < light.At(1) - 100, $"{heavy.At(1)} against {light.At(1)}");
        Assert.Equal(0.1, light.Weight, 0.01);
    }
}
