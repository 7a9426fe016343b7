using Microsoft.Extensions.Logging;
using PollScale.HostStub.Log;
using PollScale.HostStub.Serve;
using Xunit;

namespace PollScale.HostStub.Tests.Serve;

public class NoticeQueueTests
{
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
