using FsCheck;
using FsCheck.Fluent;
using PollScale.HostStub.Timeline;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.HostStub.Tests.Timeline;

public class HandOverTests
{
    [Fact]
    public void What_was_put_is_taken_in_order_and_what_found_no_room_is_counted() => Prop.ForAll<bool[]>(puts =>
    {
        HandOver<int> values = new(4);
        Queue<int> expected = new();
        ulong missed = 0;
        for (int i = 0; i < puts.Length; i++)
        {
            if (!puts[i])
            {
                Assert.Equal(expected.TryDequeue(out int oldest), values.TryTake(out int taken));
                Assert.Equal(oldest, taken);
                continue;
            }

            values.Put(i);
            if (expected.Count < 4)
            {
                expected.Enqueue(i);
            }
            else
            {
                missed++;
            }
        }

        Assert.Equal(missed, values.Missed);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task Two_threads_lose_nothing_between_them()
    {
        const int Count = 200_000;
        HandOver<(long, long)> values = new(64);
        Task<long> taking = Task.Run(() =>
        {
            long next = 0;
            while (next < Count - (long)values.Missed)
            {
                if (values.TryTake(out (long First, long Second) value))
                {
                    Assert.Equal(value.First, -value.Second); // whole
                    next++;
                }
            }

            return next;
        }, TestContext.Current.CancellationToken);
        for (int i = 0; i < Count; i++)
        {
            values.Put((i, -i));
        }

        Assert.Equal(Count, await taking + (long)values.Missed);
    }

    [Fact]
    public void Neither_side_allocates()
    {
        HandOver<TimelineStep> values = new(8);
        Assert.Equal(0, Allocated.Bytes(() =>
        {
            values.Put(default);
            values.TryTake(out _);
        }));
    }
}
