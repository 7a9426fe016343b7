using PollScale.Clock;
using PollScale.HostStub.Placement;

namespace PollScale.HostStub.Run;

/// <summary>What one sleep by the kernel's timer takes of a CPU on this machine, with nothing beside it: least of what a loop that waits can take.</summary>
internal static class SleepCost
{
    private const int Sleeps = 200;
    private const long Nanoseconds = 100_000;

    /// <summary>Measures it on the calling thread, in some 30 ms.</summary>
    /// <returns>Null where the kernel does not count what threads use.</returns>
    public static TimeSpan? Measure()
    {
        ThreadSleep.TakeNoSlack();
        ThreadSleep.For(Nanoseconds);
        ThreadUsage? before = ThreadUsage.OfCaller();
        for (int i = 0; i < Sleeps; i++)
        {
            ThreadSleep.For(Nanoseconds);
        }

        return before is { } begin && ThreadUsage.OfCaller() is { } end ? end.Since(begin).Ran / Sleeps : null;
    }
}
