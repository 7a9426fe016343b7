using PollScale.Randomness;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Traffic;
using PollScale.Simulation.Traffic.Generators;
using PollScale.Simulation.Traffic.Models;
using Xunit;

namespace PollScale.Simulation.Tests.Traffic;

/// <summary>Recorded arrivals, frames on a link, and generators against published values.</summary>
public class RecordedTests
{
    private const long Epoch = 1_767_225_600_000_000_000;

    [Fact]
    public void A_recording_begins_at_0_and_ends_with_the_run()
    {
        TimestampTraffic traffic = new("a.pcap", [Epoch, Epoch + 3, Epoch + 3, Epoch + 1_000_000]);
        Assert.Equal(("a.pcap", 4, SimTime.Millisecond), (traffic.Name, traffic.Count, traffic.Length));
        Assert.Equal([0L, 3000, 3000, SimTime.Millisecond], Sequences.Run(traffic, 1, SimTime.Second, () => 3));
        Assert.Equal([0L], Sequences.Run(traffic, 1, 3000));
        Assert.Equal(3e4, traffic.PeakRate);
        Assert.Empty(Sequences.Run(new TimestampTraffic("empty", []), 1, SimTime.Second));
    }

    [Fact]
    public void Two_packets_a_window_apart_are_not_in_one_window() =>
        Assert.Equal(1e4, new TimestampTraffic("a", [0, 100_000]).PeakRate);

    [Fact]
    public void A_recording_that_runs_backwards_or_for_ever_is_refused()
    {
        TrafficModelException refused = Assert.Throws<TrafficModelException>(() => new TimestampTraffic("a.pcap", [5, 4]));
        Assert.Contains("a.pcap: timestamp 1 is 4 ns, before the 5 ns", refused.Message, StringComparison.Ordinal);
        Assert.Throws<TrafficModelException>(() => new TimestampTraffic("a", [long.MinValue, long.MaxValue]));
    }

    [Fact]
    public void Frames_keep_a_link_busy_for_their_size()
    {
        long[] times = Sequences.Run(new ImixTraffic { Load = 1, Spacing = Spacing.Even }, 1, SimTime.Millisecond);
        double[] bytes = [.. times.Zip(times.Skip(1), (a, b) => ((b - a) / 800.0) - 20).Take(12)];
        Assert.Equal([64, 64, 64, 64, 64, 64, 64, 570, 570, 570, 570, 1518], bytes.Order());
        Assert.Equal(Sequences.MostIn(times, Sequences.Window) * 1e4, new ImixTraffic { Load = 1, Spacing = Spacing.Even }.PeakRate);
    }

    [Fact]
    public void SplitMix64_is_the_published_one()
    {
        SplitMix64 mix = new(1234567);
        Assert.Equal([6457827717110365317UL, 3203168211198807973, 9817491932198370423], new[] { mix.Next(), mix.Next(), mix.Next() });
    }

    [Fact]
    public void Xoshiro256_is_the_published_one()
    {
        Xoshiro256 random = new(1, 2, 3, 4);
        Assert.Equal([11520UL, 0, 1509978240, 1215971899390074240], new[] { random.Next(), random.Next(), random.Next(), random.Next() });
    }
}
