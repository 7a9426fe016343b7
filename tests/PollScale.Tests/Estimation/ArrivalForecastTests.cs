using PollScale.Governors;
using Xunit;

namespace PollScale.Tests.Governors;

public class ArrivalForecastTests
{
    private const double Bound = 1000, Step = 250;

    [Fact]
    public void Bursts_that_last_call_for_their_rate_and_short_ones_for_a_part_of_it()
    {
        double lasting = Forecast(on: 50, off: 50, waiting: 0), passing = Forecast(on: 1, off: 9, waiting: 0);
        Assert.InRange(lasting, 0.8, 1);
        Assert.InRange(passing, 0.1, 0.5);
    }

    [Fact]
    public void What_waits_is_served_besides()
    {
        Assert.True(Forecast(on: 1, off: 9, waiting: 1000) > Forecast(on: 1, off: 9, waiting: 0) + 0.3);
    }

    [Fact]
    public void Below_the_mean_and_before_anything_was_seen_nothing_is_expected()
    {
        Assert.Equal(0, new ArrivalForecast(Bound).SpeedToMeet(100, 1, Bound));
        ArrivalForecast forecast = Learn(10, 10);
        Assert.Equal(0, forecast.SpeedToMeet(100, 0, Bound));
    }

    // Bursts of one packet a tick, for so many bounds, then silence for so many.
    private static double Forecast(int on, int off, double waiting) => Learn(on, off).SpeedToMeet(waiting, 1, Bound);

    private static ArrivalForecast Learn(int on, int off)
    {
        ArrivalForecast forecast = new(Bound);
        double arrived = 0;
        for (double now = 0; now < 2000 * Bound; now += Step)
        {
            double rate = now % ((on + off) * Bound) < on * Bound ? 1 : 0;
            forecast.Observe(now, arrived, rate);
            arrived += rate * Step;
        }

        return forecast;
    }
}
