using Xunit;

namespace PollScale.Tests.Shared;

/// <summary>
/// What a thread allocates. A collection, which any other test may cause, counts the rest of the thread's buffer, up to 8 KB, as allocated: so an action is done again, and
/// the least counts.
/// </summary>
internal static class Allocated
{
    private const int Tries = 20;

    /// <summary>An action, which does as much each time, allocates nothing.</summary>
    public static void Nothing(Action action) => Nothing(() => action);

    /// <summary>An action allocates nothing; each time it is prepared anew.</summary>
    public static void Nothing(Func<Action> prepare)
    {
        long bytes = Bytes(prepare);
        Assert.True(bytes == 0, $"{bytes} bytes are allocated");
    }

    /// <summary>Bytes that an action allocates, which does as much each time.</summary>
    public static long Bytes(Action action) => Bytes(() => action);

    private static long Bytes(Func<Action> prepare)
    {
        long least = long.MaxValue;
        for (int tries = 0; tries < Tries && least > 0; tries++)
        {
            Action action = prepare();
            long before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
