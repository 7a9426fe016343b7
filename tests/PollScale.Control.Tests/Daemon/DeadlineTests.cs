using FsCheck;
using FsCheck.Fluent;
using PollScale.HostStub.Daemon;
using Xunit;

namespace PollScale.HostStub.Tests.Daemon;

public class DeadlineTests
{
    [Fact]
    public void Never_does_not_come_and_is_waited_for_without_end()
    {
        Assert.False(Deadline.Never.IsDue(long.MaxValue));
        Assert.Equal(-1, Deadline.Never.Wait(0));
        Assert.Equal(Deadline.Never, Deadline.After(1, long.MaxValue));
        Assert.Equal(Deadline.Never, Deadline.After(long.MaxValue, 1));
        Assert.Equal(Deadline.Never, Deadline.After(5, (TimeSpan?)null));
    }

    [Fact]
    public void A_part_of_a_millisecond_is_not_waited_for_by_spinning() => Assert.Equal(2, Deadline.After(10, TimeSpan.FromMicroseconds(1500)).Wait(10));

    [Fact]
    public void Whatever_the_wait_it_comes_after_it_and_never_before() => Prop.ForAll<long, long>(Comes).QuickCheckThrowOnFailure();

    [Fact]
    public void The_first_of_two_is_the_one_that_comes_first() => Prop.ForAll<long, long>(IsFirst).QuickCheckThrowOnFailure();

    private static bool Comes(long any, long wait)
    {
        long now = Math.Abs(any % (1L << 62));
        Deadline due = Deadline.After(now, wait);
        int sleep = due.Wait(now);
        return due == Deadline.Never ? wait > 0 && sleep == -1
            : due.IsDue(now) == (wait <= 0) && due.IsDue(now + Math.Max(0, wait)) && !due.IsDue(now + Math.Max(0, wait) - 1) && sleep == Math.Clamp(wait, 0, int.MaxValue);
    }

    private static bool IsFirst(long a, long b)
    {
        Deadline first = Deadline.After(0, a), second = Deadline.After(0, b);
        return Deadline.First(first, second) == (Math.Max(0, a) <= Math.Max(0, b) ? first : second) && Deadline.First(first, Deadline.Never) == first;
    }
}
