using PollScale.Clock;
using PollScale.Samples.QueueScaler;

namespace PollScale.GuestProbe.Bench;

/// <summary>Sleeps as a loop that waits does, by the kernel's timer without slack, and tells how late each sleep ends.</summary>
internal static class BenchSleeps
{
    private const int WarmUp = 100;
    private const long NanosecondsPerMicrosecond = 1000;

    /// <summary>Runs and prints one line of key=value pairs; the ticks are the TSC's, exact to one.</summary>
    /// <param name="sleeps">How many are told of.</param>
    /// <param name="microseconds">How long each is.</param>
    public static void Run(int sleeps, int microseconds)
    {
        long nanoseconds = microseconds * NanosecondsPerMicrosecond;
        ulong whole = TscClock.FromNanoseconds((ulong)nanoseconds);
        Durations late = new(sleeps);
        ThreadSleep.TakeNoSlack();
        for (int sleep = -WarmUp; sleep < sleeps; sleep++)
        {
            ulong start = TscClock.Now;
            ThreadSleep.For(nanoseconds);
            ulong ticks = TscClock.Now - start;
            if (sleep >= 0)
            {
                late.Add(ticks > whole ? ticks - whole : 0);
            }
        }

        Output.Line($"bench-sleeps sleeps={sleeps} sleep_us={microseconds} tsc_khz={TscClock.FrequencyKHz} {late.Text("late_")}");
    }
}
