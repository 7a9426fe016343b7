using PollScale.Polling;
using Xunit;

namespace PollScale.Tests.Polling;

public class ArrivalHistoryTests
{
    private const double Bound = 2_500_000;

    [Fact]
    public void Speed_is_the_steepest_slope_to_a_deadline() => Governors.GovernorSamples.ForSeeds(random =>
    {
        // Entries further apart than the resolution are all kept: a plain maximum over them must give the same.
        ArrivalHistory history = new(Bound);
        List<(double Time, double Count)> entries = [];
        double now = 0, arrived = 0;
        for (int i = random.Next(1, 100); i > 0; i--)
        {
            now += 25_000 + random.Next(40_000);
            arrived += random.Next(3) == 0 ? 0 : random.Next(200);
            entries.Add((now, arrived));
            history.Add(now, arrived);
        }

        double served = arrived * random.NextDouble(), start = now + random.Next(1_000_000), shortest = 50_000, expected = 0;
        for (int i = 0; i < entries.Count; i++)
        {
            double waiting = entries[i].Count - served, from = i > 0 ? entries[i - 1].Time : entries[i].Time;
            expected = waiting > 0 ? Math.Max(expected, waiting / Math.Max(from + Bound - start, shortest)) : expected;
        }

        return Math.Abs(history.SpeedToMeet(start, served, Bound, shortest) - expected) <= 1e-12 * expected;
    });

    [Fact]
    public void Entries_too_near_to_keep_apart_never_make_packets_younger() => Governors.GovernorSamples.ForSeeds(random =>
    {
        ArrivalHistory coarse = new(Bound);
        List<(double Time, double Count)> entries = [];
        double now = 0, arrived = 0;
        for (int i = 0; i < 400; i++)
        {
            now += random.Next(10_000);
            arrived += random.Next(50);
            entries.Add((now, arrived));
            coarse.Add(now, arrived);
        }

        double served = arrived * (0.9 + (0.1 * random.NextDouble())), exact = 0;
        foreach ((double time, double count) in entries)
        {
            exact = count > served ? Math.Max(exact, (count - served) / Math.Max(time + Bound - now, 50_000)) : exact;
        }

        return coarse.SpeedToMeet(now, served, Bound, 50_000) >= exact * (1 - 1e-12);
    });

    [Fact]
    public void Nothing_waiting_needs_no_speed()
    {
        ArrivalHistory history = new(Bound);
        Assert.Equal(0, history.SpeedToMeet(0, 0, Bound, 1));
        history.Add(10, 5);
        Assert.Equal(0, history.SpeedToMeet(20, 5, Bound, 1));
        Assert.True(history.SpeedToMeet(20, 4, Bound, 1) > 0);
    }
}
