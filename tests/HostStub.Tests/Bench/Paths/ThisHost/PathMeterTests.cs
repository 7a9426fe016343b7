using PollScale.Clock;
using PollScale.HostStub.Bench.Paths.ThisHost;
using Xunit;

namespace PollScale.HostStub.Tests.Bench.Paths.ThisHost;

public class PathMeterTests
{
    // So slow that what has to pass has passed at the next look.
    private static readonly TscFrequency s_clock = new(1, TscSource.Calibration);
    private const ulong Range = 1_000_000;
    private readonly Queue<HostReading> _readings = new();

    [Fact]
    public void Frequency_and_power_are_of_what_the_VM_polls_at()
    {
        PathMeter meter = new(_readings.Dequeue, Range, s_clock);
        Feed(meter, HostVm.Up, 0, (0, 0), 100);
        Feed(meter, "bench-bursts doorbell=region bursts=1 errors=0", 2000, (5, 5), 400_100);
        Feed(meter, "bench-bursts polls at=slowest ms=1", 2000, (10, 10), 400_100);
        Feed(meter, null, 3000, (10 + 500, 10 + 1000), 900_100);
        Feed(meter, "bench-bursts polls at=fastest ms=1", 4000, (0, 0), 900_100);
        Feed(meter, null, 5000, (3000, 1000), 800_100); // its energy began anew
        Assert.Equal((0.5, 3.0), (meter.SlowestKHz, meter.FastestKHz));
        Assert.Equal((0.5, 0.9), (meter.SlowestWatts, meter.FastestWatts));
        Assert.Equal((2.0, 0.4), (meter.BurstsS, meter.BurstsJ));
    }

    [Fact]
    public void What_cannot_be_read_has_no_figure()
    {
        PathMeter meter = new(_readings.Dequeue, 0, s_clock);
        Feed(meter, HostVm.Up, 0, null, null);
        Feed(meter, "bench-bursts doorbell=region bursts=1 errors=0", 2000, null, null);
        Feed(meter, "bench-bursts polls at=fastest ms=1", 2000, null, null);
        Feed(meter, null, 3000, null, null);
        Assert.Null(meter.FastestKHz ?? meter.FastestWatts ?? meter.BurstsJ);
        Assert.Equal(2.0, meter.BurstsS);
    }

    [Theory]
    [InlineData("bench-bursts polls at=fastest ms=99999999")]
    [InlineData("bench-bursts polls at=fastest ms=-1")]
    [InlineData("bench-bursts polls at=fastest")]
    [InlineData("bench-bursts polls at= ms= ms=1")]
    [InlineData("bench-bursts doorbell=region bursts=1 errors=0")]
    [InlineData("")]
    public void What_a_hostile_VM_says_is_passed_over(string line)
    {
        PathMeter meter = new(() => throw new InvalidOperationException(), Range, s_clock);
        meter.Take(line);
        meter.Take(null);
    }

    [Fact]
    public void Counters_that_stood_still_give_no_frequency()
    {
        PathMeter meter = new(_readings.Dequeue, Range, s_clock);
        Feed(meter, "bench-bursts polls at=fastest ms=1", 0, (5, 5), 0);
        Feed(meter, null, 1000, (5, 5), 0);
        Assert.Null(meter.FastestKHz);
        Assert.Equal(0, meter.FastestWatts);
    }

    private void Feed(PathMeter meter, string? line, ulong ticks, (ulong, ulong)? cycles, ulong? energy)
    {
        _readings.Enqueue(new HostReading(ticks, cycles, energy));
        meter.Take(line);
        Assert.Empty(_readings);
    }
}
