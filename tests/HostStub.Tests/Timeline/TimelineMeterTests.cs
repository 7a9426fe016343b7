using FsCheck;
using FsCheck.Fluent;
using PollScale.HostStub.Timeline;
using PollScale.HostStub.Traffic;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.HostStub.Tests.Timeline;

public class TimelineMeterTests
{
    [Fact]
    public void A_step_tells_least_mean_and_greatest_of_what_was_looked_at_in_it()
    {
        FixedClock clock = new();
        TimelineMeter meter = new(clock, clock, null, 100);
        meter.Begin(1000);
        meter.Look(1000, new TrafficGlance(0, 0, 0, 0, 0));
        meter.Look(1060, new TrafficGlance(10, 4, 0, 6, 30));
        clock.Effective = 2;
        meter.Effect(2, 1070);
        meter.Effect(2, 1070); // a guest that comes to look is told again
        meter.Look(1080, new TrafficGlance(12, 4, 1, 7, 50));
        meter.Look(1100, new TrafficGlance(13, 13, 1, 0, 0));

        Assert.True(meter.Steps.TryTake(out TimelineStep step));
        Assert.False(meter.Steps.TryTake(out _));
        Assert.Equal((1000ul, 100ul, 12ul, 4ul, 1ul), (step.Tsc, step.Ticks, step.Offered, step.Forwarded, step.RingFull));
        Assert.Equal((0, ((6 * 60) + (7 * 20)) / 80.0, 7), (step.Backlog.Min, step.Backlog.Mean, step.Backlog.Max));
        Assert.Equal((0, 50), (step.OldestTicks.Min, step.OldestTicks.Max));
        Assert.Equal((1e6, ((3e6 * 60) + (1e6 * 20)) / 80, 3e6), (step.KHz.Min, step.KHz.Mean, step.KHz.Max));
        Assert.True(meter.Effects.TryTake(out PStateEffect effect));
        Assert.Equal(new PStateEffect(1070, 0, 2, 6), effect);
        Assert.False(meter.Effects.TryTake(out _));
    }

    [Fact]
    public void Steps_lie_on_one_grid_whatever_held_the_thread_up_and_their_sums_are_the_whole() => Prop.ForAll<(byte Pause, byte Offered, byte Lost)[]>(looks =>
    {
        FixedClock clock = new();
        TimelineMeter meter = new(clock, clock, null, 50);
        meter.Begin(7);
        ulong tsc = 7, offered = 0, lost = 0;
        foreach ((byte pause, byte more, byte missed) in looks)
        {
            tsc += pause;
            offered += more;
            lost += missed;
            meter.Look(tsc, new TrafficGlance(offered, offered - lost, lost, more, pause));
        }

        meter.Finish();
        ulong sum = 0, full = 0, last = 0;
        while (meter.Steps.TryTake(out TimelineStep step))
        {
            Assert.Equal(0ul, (step.Tsc - 7) % 50);
            Assert.True(step.Tsc >= last);
            Assert.True(step.Backlog.Min <= step.Backlog.Mean && step.Backlog.Mean <= step.Backlog.Max);
            last = step.Tsc + step.Ticks;
            sum += step.Offered;
            full += step.RingFull;
        }

        Assert.Equal((offered, lost), (sum, full));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Looking_allocates_nothing()
    {
        FixedClock clock = new();
        TimelineMeter meter = new(clock, clock, null, 2);
        ulong tsc = 0;
        Assert.Equal(0, Allocated.Bytes(() => meter.Look(++tsc, default)));
    }
}
