using PollScale.Native;
using Xunit;

namespace PollScale.Tests.Native;

public class EventPollTests
{
    [Fact]
    public void What_is_added_by_its_edge_is_reported_once_a_ring_though_nobody_reads_it()
    {
        const int Key = 7;
        using WakeEvent doorbell = new();
        using EventPoll poll = new(4);
        poll.AddEdge(doorbell.Descriptor, Key);
        Assert.Equal(0, poll.Wait(0));
        for (int ring = 0; ring < 3; ring++)
        {
            doorbell.Set();
            Assert.Equal(1, poll.Wait(0));
            Assert.Equal(Key, poll.Key(0));
            Assert.Equal(0, poll.Wait(0));
        }

        // Put back after a pause it tells what it still holds.
        poll.Remove(doorbell.Descriptor);
        poll.AddEdge(doorbell.Descriptor, Key);
        Assert.Equal(1, poll.Wait(0));
    }
}
