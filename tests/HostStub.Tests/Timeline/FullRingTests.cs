using PollScale.HostStub.Report;
using PollScale.HostStub.Timeline;
using Xunit;

namespace PollScale.HostStub.Tests.Timeline;

public class FullRingTests
{
    private const double Hz = 1000; // a tick is 1 ms

    [Fact]
    public void Losses_close_to_each_other_are_told_as_one_with_the_frequency_and_the_last_change_before()
    {
        FullRing ring = new(1000, Hz);
        ring.Add(Change(0.4, "P2 -> P1: nothing arrives"));
        ring.Add(Step(1500, 10, 2e6));
        ring.Add(Change(0.501, "P1 -> P0: too late"));
        ring.Add(Step(1505, 20, 3e6));
        ring.Add(Step(1530, 0, 3e6));

        Assert.Equal(["The rx ring was full at 0.500 s: 30 packets were lost within 6 ms, at 2000 to 3000 MHz; the oldest in it had waited 4000 us. The last change before, at 0.400 s: P2 -> P1: nothing arrives."], ring.Notes);
    }

    [Fact]
    public void Many_losses_are_counted()
    {
        FullRing ring = new(0, Hz);
        for (ulong i = 0; i < 10; i++)
        {
            ring.Add(Step(i * 100, 1, 1e6));
        }

        Assert.Equal(4, ring.Notes.Count);
        Assert.Equal("It was full 7 more times, and 10 packets were lost in all; --changes and --series tell of each.", ring.Notes[^1]);
    }

    [Fact]
    public void Nothing_lost_is_nothing_told()
    {
        FullRing ring = new(0, Hz);
        ring.Add(Step(100, 0, 1e6));
        Assert.Empty(ring.Notes);
    }

    private static TimelineStep Step(ulong tsc, ulong lost, double kHz) => new() { Tsc = tsc, Ticks = 1, RingFull = lost, KHz = new Spread(kHz, kHz, kHz), OldestTicks = new Spread(0, 1, 4) };

    private static RunChange Change(double at, string why) => new()
    {
        ElapsedS = at, From = 2, To = 1, Mhz = 1, Backlog = 0, Doorbell = "port", Cause = "governor", Reason = "idle", Why = why, LatencyUs = 1,
    };
}
