using Microsoft.Extensions.Logging;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Log;
using PollScale.HostStub.Serve;
using Xunit;

namespace PollScale.HostStub.Tests.Daemon;

public class OutletTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void It_writes_in_order_and_to_the_end()
    {
        List<int> written = [];
        Outlet<int> outlet = new("test", 100, written.Add, _ => { });
        Assert.All(Enumerable.Range(0, 50), i => Assert.True(outlet.Offer(i)));
        Assert.True(outlet.Finish(s_patience));
        Assert.Equal(Enumerable.Range(0, 50), written);
        Assert.False(outlet.Offer(51));
    }

    [Fact]
    public void A_writer_that_hangs_holds_nobody_up_and_is_seen()
    {
        using ManualResetEventSlim free = new();
        Outlet<int> outlet = new("test", 2, _ => free.Wait(), _ => { });
        Assert.True(SpinWait.SpinUntil(() => !outlet.Offer(1), s_patience), "it takes more than it holds");
        Assert.True(SpinWait.SpinUntil(() => outlet.BlockedMs > 20, s_patience), "it is not seen");
        Assert.False(outlet.Finish(TimeSpan.FromMilliseconds(50)));
        free.Set();
        Assert.True(outlet.Finish(s_patience));
    }

    [Fact]
    public void A_writer_that_fails_is_told_once()
    {
        int told = 0;
        Outlet<int> outlet = new("test", 10, _ => throw new IOException("full"), _ => told++);
        outlet.Offer(1);
        outlet.Offer(2);
        Assert.True(outlet.Finish(s_patience));
        Assert.Equal(1, told);
    }

    [Fact]
    public void More_notices_than_can_be_read_are_counted()
    {
        NoticeQueue queue = new(new HostLog());
        ILogger log = queue.Open();
        for (int i = 0; i < NoticeQueue.Most + 5; i++)
        {
            ServeLog.PolicyOddity(log, $"notice {i}");
        }

        Assert.Equal(NoticeQueue.Most, queue.Take().Count);
        Assert.Empty(queue.Take());
    }
}
