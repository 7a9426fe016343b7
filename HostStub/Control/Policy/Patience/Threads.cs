using PollScale.Placement;

namespace PollScale.HostStub.Policy.Patience;

/// <summary>Threads of a daemon that has many.</summary>
internal static class Threads
{
    /// <summary>Bytes of stack for a thread that only makes short calls; the usual 8 MiB add up where each core has a thread.</summary>
    public const int SmallStack = 256 * 1024;

    /// <summary>Runs all actions at once, each on a thread of its own, and waits for them.</summary>
    /// <param name="actions">Each with its name.</param>
    /// <param name="patience">Longest wait for all together.</param>
    /// <returns>Names of those that have not ended; they go on. What an action throws is its own end, told with its name.</returns>
    public static IReadOnlyList<string> RunAll(IReadOnlyList<(string Name, Action Action)> actions, TimeSpan patience)
    {
        HostThread[] threads = [.. actions.Select(action => new HostThread(action.Name, action.Action, stackBytes: SmallStack))];
        Array.ForEach(threads, thread => thread.Start());
        long until = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        List<string> left = [];
        for (int i = 0; i < threads.Length; i++)
        {
            if (!threads[i].Join(TimeSpan.FromMilliseconds(Math.Max(0, until - Environment.TickCount64))))
            {
                left.Add(actions[i].Name);
            }
            else if (threads[i].Failure is Exception failure)
            {
                left.Add($"{actions[i].Name} ({failure.Message})");
            }
        }

        return left;
    }
}
