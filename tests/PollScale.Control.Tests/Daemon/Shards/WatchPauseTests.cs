using PollScale.HostStub.Daemon;
using PollScale.HostStub.Daemon.Shards;
using PollScale.HostStub.Policy.Configuration;
using Xunit;

namespace PollScale.HostStub.Tests.Daemon.Shards;

/// <summary>Pauses that grow while there is no rest between them.</summary>
public class WatchPauseTests
{
    private readonly WatchPause _pause = new();

    [Fact]
    public void Each_is_twice_as_long_as_the_one_before_up_to_the_longest()
    {
        for (int expected = WatchPause.ShortestMs; expected < WatchPause.LongestMs; expected *= 2)
        {
            AssertLasts(expected, _pause.Begin);
        }

        AssertLasts(WatchPause.LongestMs, _pause.Begin);
        AssertLasts(WatchPause.LongestMs, _pause.Begin);
    }

    [Fact]
    public void Only_a_whole_time_between_two_ticks_without_one_makes_it_short_again()
    {
        AssertLasts(1, _pause.Begin);
        _pause.Tick();
        AssertLasts(2, _pause.Begin);
        _pause.Tick();
        _pause.Tick();
        AssertLasts(1, _pause.Begin);
    }

    [Fact]
    public void One_for_a_spent_budget_grows_too_and_stays_shorter()
    {
        foreach (int expected in (int[])[1, 2, 4, WatchPause.LongestSpentMs, WatchPause.LongestSpentMs])
        {
            AssertLasts(expected, _pause.BeginSpent);
        }

        AssertLasts(2 * WatchPause.LongestSpentMs, _pause.Begin);
        AssertLasts(WatchPause.LongestSpentMs, _pause.BeginSpent);
    }

    [Fact]
    public void Who_is_paused_for_most_of_a_tick_waits_longer_in_the_next()
    {
        int longest = WatchPause.LongestSpentMs;
        for (int tick = 0; tick < 6; tick++, longest = Math.Min(2 * longest, WatchPause.LongestMs))
        {
            int last = 0;
            for (int paused = 0; paused <= ChannelShard.TickMs * 3 / 4; paused += last)
            {
                _pause.BeginSpent();
                last = _pause.Due.Wait(Deadline.Now) + 1;
                _pause.End();
            }

            AssertLasts(longest, _pause.BeginSpent);
            _pause.Tick();
        }

        AssertLasts(WatchPause.LongestMs, _pause.BeginSpent); // less than half of this tick
        _pause.Tick();
        AssertLasts(WatchPause.LongestMs, _pause.BeginSpent);
        _pause.Tick();
        _pause.Tick();
        AssertLasts(1, _pause.BeginSpent);
    }

    [Fact]
    public void Who_asks_for_more_now_and_then_is_given_all_of_its_budget_by_default()
    {
        GuestPolicy guest = new() { Name = "default" };
        Assert.True(guest.CallsPerSecond * WatchPause.LongestSpentMs / 1000 <= guest.Burst);
    }

    [Fact]
    public void The_longest_falls_into_every_tick() => Assert.True(2 * WatchPause.LongestMs < ChannelShard.TickMs);

    private void AssertLasts(int ms, Action begin)
    {
        long before = Deadline.Now;
        begin();
        Assert.True(_pause.IsOn);
        Assert.InRange(ms, _pause.Due.Wait(Deadline.Now), _pause.Due.Wait(before));
        _pause.End();
        Assert.Equal((false, Deadline.Never), (_pause.IsOn, _pause.Due));
    }
}
