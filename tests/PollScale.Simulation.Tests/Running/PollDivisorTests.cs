using PollScale.Simulation.Running;
using PollScale.Tests.Shared.Drawing;
using Xunit;

namespace PollScale.Simulation.Tests.Running;

public class PollDivisorTests
{
    private const ulong Longest = 100_000_000_000_000_000;

    // Lengths and times of all magnitudes; around multiples, and around the longest time that the reciprocal is exact for.
    [DrawnProperty(2000)]
    public void It_counts_what_a_division_counts(ulong length, byte lengthBits, ulong time, byte timeBits, short near)
    {
        long each = 1 + Below(length, lengthBits), any = Below(time, timeBits), limit = (long)Math.Min(Longest, ulong.MaxValue / (ulong)each);
        PollDivisor polls = new(each);
        Assert.All(new[] { any, any / each * each, limit }.SelectMany(t => new[] { t - 1, t, t + 1, t + near }), t => Assert.Equal(t <= each ? 1 : ((t - 1) / each) + 1, polls.Covering(t)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(41_800)]
    [InlineData(1L << 40)]
    [InlineData((long)Longest)]
    public void A_time_that_is_over_or_shorter_than_a_poll_takes_one(long each)
    {
        PollDivisor polls = new(each);
        Assert.All([long.MinValue, -1, 0, 1, each], time => Assert.Equal(1, polls.Covering(time)));
        Assert.Equal(2, polls.Covering(each + 1));
    }

    // Of all magnitudes.
    private static long Below(ulong drawn, byte bits) => (long)(drawn * 0x9E3779B97F4A7C15 % (Longest >> (bits % 57) | 1));
}
