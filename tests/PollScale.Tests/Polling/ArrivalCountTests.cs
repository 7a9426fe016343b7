using PollScale.Governors;
using PollScale.Polling;
using Xunit;

namespace PollScale.Tests.Polling;

public class ArrivalCountTests
{
    [Fact]
    public void What_waits_has_arrived_and_does_so_once()
    {
        ArrivalCount count = new(4096);
        count.Observe(new QueueSample { Received = 32, Backlog = 100 });
        Assert.Equal((132, 132, 132), (count.Arrived, count.Known, count.Latest));
        count.Observe(new QueueSample { Received = 60, Backlog = 50 });
        Assert.Equal((92, 50, 142, 10), (count.Served, count.Backlog, count.Known, count.Latest));
    }

    [Fact]
    public void A_guess_is_a_backlog_but_no_arrival()
    {
        ArrivalCount count = new(100);
        QueueSample full = new() { Received = 64, Backlog = -1, Polls = 2, FullPolls = 2 };
        count.Observe(full);
        count.Observe(full);
        Assert.Equal((100, 228, 128, 64), (count.Backlog, count.Arrived, count.Known, count.Latest));

        ArrivalCount several = new(4096);
        several.Observe(new QueueSample { Received = 32, Backlog = 100, GuessedBacklog = 64 });
        Assert.Equal((100, 132, 68), (several.Backlog, several.Arrived, several.Known));
    }

    [Fact]
    public void What_came_while_the_clock_leapt_came_in_no_known_time()
    {
        ArrivalCount count = new(4096);
        count.Observe(new QueueSample { Received = 32, Backlog = 0 });
        count.Observe(new QueueSample { Backlog = 500, ClockLeapt = true });
        Assert.Equal((532, 32), (count.Known, count.Timed));
        count.Observe(new QueueSample { Received = 32, Backlog = 500 });
        Assert.Equal((564, 64), (count.Known, count.Timed));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(12_500)]
    public void A_call_time_is_learned_whatever_was_believed(double believed)
    {
        CallTime call = new(believed);
        for (int i = 0; i < 200; i++)
        {
            call.Observe(250);
            call.Observe(0);
        }

        Assert.Equal(250, call.Ticks, 1.0);
    }
}
