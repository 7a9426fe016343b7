using PollScale.Governors;
using Xunit;

namespace PollScale.Tests.Governors;

public class RateTrackerTests
{
    private const double Fast = 500, Step = 20;

    [Fact]
    public void A_fall_is_followed_by_the_fast_average_and_a_rise_by_the_slow_one()
    {
        RateTracker rate = new(Fast);
        double low = Play(rate, 1, 20_000), high = Play(rate, 3, 2_000), fallen = Play(rate, 1, 2_000);
        Assert.Equal(1, low, 0.01);
        Assert.InRange(high, 1.4, 1.8);
        Assert.InRange(fallen, 1, 1.25);
    }

    private static double Play(RateTracker rate, double packets, double ticks)
    {
        for (double at = 0; at < ticks; at += Step)
        {
            rate.Observe(packets * Step, Step);
        }

        return rate.Rate;
    }
}
