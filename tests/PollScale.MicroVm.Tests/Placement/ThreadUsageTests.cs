using PollScale.HostStub.Placement;
using PollScale.Native;
using Xunit;

namespace PollScale.HostStub.Tests.Placement;

public class ThreadUsageTests
{
    [Fact]
    public void It_grows_with_what_the_thread_does()
    {
        int thread = LibC.gettid();
        if (ThreadUsage.Read(Environment.ProcessId, thread) is not { } before)
        {
            Assert.Skip("This kernel does not count what threads use (CONFIG_SCHED_INFO).");
            return;
        }

        Assert.True(ThreadUsage.OfCaller()!.Value.Ran >= before.Ran);
        Assert.True(SpinWait.SpinUntil(() => Since(before, thread).Ran > TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(20)));
        ThreadUsage worked = ThreadUsage.Read(Environment.ProcessId, thread)!.Value;
        for (int i = 0; i < 20; i++)
        {
            Thread.Sleep(1);
        }

        Assert.True(Since(worked, thread).Arrivals >= 20);
    }

    [Fact]
    public void Of_a_thread_that_is_gone_nothing_is_known() => Assert.Null(ThreadUsage.Read(Environment.ProcessId, int.MaxValue));

    [Theory]
    [InlineData("")]
    [InlineData("1 2")]
    [InlineData("1 2 3 4")]
    [InlineData("1 two 3")]
    [InlineData("1 2 99999999999999999999")]
    public void What_the_kernel_does_not_write_is_not_read(string text)
    {
        string folder = Directory.CreateTempSubdirectory("pollscale-procfs-").FullName;
        try
        {
            Directory.CreateDirectory($"{folder}/7/task/8");
            File.WriteAllText($"{folder}/7/task/8/schedstat", text);
            Assert.Null(ThreadUsage.Read(7, 8, folder));
            File.WriteAllText($"{folder}/7/task/8/schedstat", "2000000 500000 3\n");
            Assert.Equal(new ThreadUsage(TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(0.5), 3), ThreadUsage.Read(7, 8, folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static ThreadUsage Since(ThreadUsage before, int thread) => ThreadUsage.Read(Environment.ProcessId, thread)!.Value.Since(before);
}
