using System.Diagnostics;
using PollScale.Clock;
using PollScale.Hypercall;
using PollScale.Transports;

namespace PollScale.Samples.QueueScaler.Modes;

/// <summary>Asks for P-states one after another and holds each, so that somebody outside can see what the host makes of it.</summary>
internal static class SetPStates
{
    // A host that shares a page lets a wish lapse that it does not hear again.
    private const int LookEveryMs = 50;

    /// <summary>Runs, and prints each reply as it comes.</summary>
    public static void Run(IFrequencyTransport transport, IReadOnlyList<int> pStates, int holdMs)
    {
        foreach (int pState in pStates)
        {
            _ = ShownCall.Make(transport, FrequencyOp.SetPState, pState);
            Hold(transport as IPostedTransport, holdMs);
        }
    }

    private static void Hold(IPostedTransport? posted, int holdMs)
    {
        if (posted is null)
        {
            Thread.Sleep(holdMs);
            return;
        }

        long start = Stopwatch.GetTimestamp();
        for (int left = holdMs; left > 0; left = holdMs - (int)Stopwatch.GetElapsedTime(start).TotalMilliseconds)
        {
            Thread.Sleep(Math.Min(left, LookEveryMs));
            _ = posted.Look(TscClock.Now);
        }
    }
}
