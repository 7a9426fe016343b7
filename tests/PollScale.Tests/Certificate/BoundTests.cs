using FsCheck;
using FsCheck.Fluent;
using PollScale.Governors;
using PollScale.Polling;
using Xunit;

namespace PollScale.Tests.Governors;

public class BoundTests
{
    [Fact]
    public void A_peak_is_held_for_the_hold_time_and_forgotten_an_eighth_later() => Prop.ForAll<ushort[]>(steps =>
    {
        PeakHold hold = new(800);
        hold.Add(0, 5);
        double passed = 0;
        foreach (ushort step in steps)
        {
            passed += step % 300;
            double held = hold.Add(step % 300, 1);
            if ((passed < 700 && held < 5) || (passed >= 900 && held > 1))
            {
                return false;
            }
        }

        return true;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_later_lower_peak_is_held_too()
    {
        PeakHold hold = new(800);
        hold.Add(0, 9);
        hold.Add(400, 7);
        Assert.Equal(9, hold.Add(200, 1));
        Assert.Equal(7, hold.Add(300, 1));
        hold.Clear();
        Assert.Equal(0, hold.Add(1, 0));
    }

    [Fact]
    public void The_limit_is_the_ring_less_what_can_arrive_meanwhile()
    {
        LossBound bound = new(3000, new WorstCase(Latency: 30, Period: 10, Call: 100, Stall: 0, Burst: 32));

        Assert.Equal(3000 - (5 * 100) - ((5 - 2) * (40 + 16)), bound.Limit(peakRate: 5, serviceRate: 2, calls: 1, changes: 1), 1e-9);
        Assert.Equal(3000 - (2 * 5 * 100) - ((5 - 2) * (40 + 16)), bound.Limit(peakRate: 5, serviceRate: 2, calls: 2, changes: 2), 1e-9);
        Assert.Equal(3000 - (2 * 100), bound.Limit(peakRate: 2, serviceRate: 5, calls: 1, changes: 1), 1e-9);

        // A stall serves nothing, and one before it puts off the decision too.
        LossBound stalls = new(3000, new WorstCase(30, 10, 100, 8, 32));
        Assert.Equal(3000 - (5 * 100) - ((5 - 2) * (40 + 16)) - (2 * 8), stalls.Limit(5, 2, calls: 1, changes: 1), 1e-9);
        Assert.Equal(3000 - (5 * 100) - ((5 - 2) * (40 + 16)) - (2 * 8) - (5 * 8), stalls.Limit(5, 2, calls: 1, changes: 2), 1e-9);
    }

    [Fact]
    public void A_faster_p_state_is_never_less_safe() => Prop.ForAll<ushort, ushort, byte>((peak, slow, more) =>
    {
        LossBound bound = new(3000, new WorstCase(30, 10, 100, 0, 32));
        return bound.Limit(peak, slow + 1.0 + more, 1, 1) >= bound.Limit(peak, slow + 1.0, 1, 1);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_call_time_is_learned_and_an_outlier_is_not()
    {
        LossBound bound = new(3000, new WorstCase(30, 10, 100, 0, 32));
        bound.ObserveCall(1e9);
        Assert.InRange(bound.CallTicks, 100, 140);
        for (int i = 0; i < 200; i++)
        {
            bound.ObserveCall(250);
        }

        Assert.Equal(250, bound.CallTicks, 1.0);
    }
}
