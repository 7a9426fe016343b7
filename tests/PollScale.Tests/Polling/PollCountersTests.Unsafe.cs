using System.Runtime.InteropServices;
using PollScale.Polling;
using Xunit;

namespace PollScale.Tests.Polling;

public unsafe class PollCountersTests
{
    [Fact]
    public void Poll_counters_share_no_cache_line_with_neighbours()
    {
        int[] offsets = [.. typeof(PollCounters).GetFields(System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.NonPublic)
            .Select(field => (int)Marshal.OffsetOf<PollCounters>(field.Name))];

        Assert.All(offsets, offset => Assert.InRange(offset, 64, 127));
        Assert.Equal(offsets.Length, offsets.Distinct().Count());
        Assert.Equal(192, sizeof(PollCounters));
    }
}
