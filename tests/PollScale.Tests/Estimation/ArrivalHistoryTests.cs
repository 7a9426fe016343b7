using PollScale.Governors;
using PollScale.Tests.Shared.Drawing;
using Xunit;

namespace PollScale.Tests.Governors;

public class ArrivalHistoryTests
{
    private const double Bound = 2_500_000;

    [Theory]
    [InlineData(200)]
    [InlineData(1000)]
    [InlineData(2600)]
    [InlineData(4317)]
    [InlineData(10_000)]
    [InlineData(100_000)]
    public void The_age_of_what_waits_is_known_for_as_long_as_the_bound(int boundUs)
    {
        // 1000 packets at 0, and then a decision each 20 us: at any time the rest of the bound is what they have.
        ArrivalHistory history = new(boundUs);
        history.Add(0, 0);
        for (double now = 20; now <= boundUs; now += 20)
        {
            history.Add(now, 1000);
            double left = boundUs - now, speed = history.SpeedToMeet(now, 0, boundUs, 1);
            Assert.True(speed >= 1000 / Math.Max(1, left) * (1 - 1e-9), $"{speed} at {now} us of {boundUs}");
            Assert.True(left < 0.2 * boundUs || speed <= 1000 / (left - 20 - (0.02 * boundUs)), $"{speed} at {now} us of {boundUs}");
        }
    }

    /// <param name="arrivals">Each with the time since the one before, in ticks beyond the resolution.</param>
    /// <param name="done">Packets served, of 256 parts of all.</param>
    /// <param name="wait">Ticks since the last arrival, in sixteens.</param>
    [DrawnProperty(200)]
    public bool Speed_is_the_steepest_slope_to_a_deadline((ushort Ticks, byte Packets)[] arrivals, byte done, ushort wait)
    {
        // Entries further apart than the resolution are all kept: a plain maximum over them must give the same.
        ArrivalHistory history = new(Bound);
        List<(double Time, double Count)> entries = [];
        double now = 0, arrived = 0;
        foreach ((ushort ticks, byte packets) in arrivals)
        {
            now += 25_000 + (ticks % 40_000);
            arrived += packets;
            entries.Add((now, arrived));
            history.Add(now, arrived);
        }

        double served = arrived * done / 256, start = now + (16.0 * wait), shortest = 50_000, expected = 0;
        for (int i = 0; i < entries.Count; i++)
        {
            double waiting = entries[i].Count - served, from = i > 0 ? entries[i - 1].Time : entries[i].Time;
            expected = waiting > 0 ? Math.Max(expected, waiting / Math.Max(from + Bound - start, shortest)) : expected;
        }

        return Math.Abs(history.SpeedToMeet(start, served, Bound, shortest) - expected) <= 1e-12 * expected;
    }

    /// <param name="arrivals">Those of a fourth of the time; each with the time since the one before, in ticks.</param>
    /// <param name="done">Packets served, from nine tenths of all in 256 parts of the last.</param>
    [DrawnProperty(200)]
    public bool Entries_too_near_to_keep_apart_never_make_packets_younger((ushort Ticks, byte Packets)[] arrivals, byte done)
    {
        ArrivalHistory coarse = new(Bound);
        List<(double Time, double Count)> entries = [];
        double now = 0, arrived = 0;
        foreach ((ushort ticks, byte packets) in Enumerable.Repeat(arrivals, 4).SelectMany(again => again))
        {
            now += ticks % 10_000;
            arrived += packets % 50;
            entries.Add((now, arrived));
            coarse.Add(now, arrived);
        }

        double served = arrived * (0.9 + (0.1 * done / 256)), exact = 0;
        foreach ((double time, double count) in entries)
        {
            exact = count > served ? Math.Max(exact, (count - served) / Math.Max(time + Bound - now, 50_000)) : exact;
        }

        return coarse.SpeedToMeet(now, served, Bound, 50_000) >= exact * (1 - 1e-12);
    }

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
