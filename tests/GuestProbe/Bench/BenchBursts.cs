using PollScale.Clock;
using PollScale.Hypercall;
using PollScale.Randomness;
using PollScale.Samples.QueueScaler;
using PollScale.Telemetry;
using PollScale.Transports;

namespace PollScale.GuestProbe.Bench;

/// <summary>
/// Rests at the slowest P-state, marks a burst for whoever traces the host, and asks for the fastest as a poll loop does: left with the host where the
/// transport can. How long that took the host's trace tells (hoststub bench paths).
/// </summary>
internal static class BenchBursts
{
    /// <summary>Time in each P-state where nothing else is asked for, in ms.</summary>
    public const int HoldMs = 10;

    // Unmarked ones come first: a daemon compiles again what it runs often.
    private const int WarmUp = 50;

    // A poll loop runs when a burst comes, and comes in no step with what the host does from time to time.
    private const uint LeastPollingUs = 100, MorePollingUs = 1000;

    /// <summary>Runs and prints one line of key=value pairs.</summary>
    /// <param name="transport">The way to the host.</param>
    /// <param name="bursts">How many.</param>
    /// <param name="holdMs">Time in each P-state, in ms: longer than the way takes.</param>
    /// <param name="label">What the host is told of the bursts.</param>
    /// <param name="mark">Executes CPUID with a leaf and a subleaf.</param>
    public static void Run(IFrequencyTransport transport, int bursts, int holdMs, string label, Action<uint, uint> mark)
    {
        SplitMix64 random = new(TscClock.Now);
        FrequencyCall slowest = new(FrequencyOp.SetPState, transport.PStates.SlowestAllowed), fastest = new(FrequencyOp.SetPState, transport.PStates.FastestAllowed);
        Tell(label, mark);
        int errors = 0;
        for (int burst = 1 - WarmUp; burst <= bursts; burst++)
        {
            errors += Ask(transport, slowest) + Hold(transport, holdMs);
            Poll(LeastPollingUs + random.Below(MorePollingUs));
            if (burst > 0)
            {
                mark(BurstMark.Burst, (uint)burst);
            }

            errors += Ask(transport, fastest) + Hold(transport, holdMs);
        }

        Tell(label, mark); // what comes now belongs to no burst
        Output.Line($"bench-bursts doorbell={transport.Doorbell} bursts={bursts} errors={errors}");
    }

    /// <summary>Polls at the slowest P-state, then at the fastest, and says when each begins, for who counts the pCPU's cycles meanwhile.</summary>
    /// <param name="transport">The way to the host.</param>
    /// <param name="spinMs">How long each, in ms.</param>
    public static void Spin(IFrequencyTransport transport, int spinMs)
    {
        foreach ((string name, int pState) in ((string, int)[])[("slowest", transport.PStates.SlowestAllowed), ("fastest", transport.PStates.FastestAllowed)])
        {
            _ = Ask(transport, new FrequencyCall(FrequencyOp.SetPState, pState)) + Hold(transport, HoldMs);
            Output.Line($"bench-bursts polls at={name} ms={spinMs}");
            for (int passed = 0; passed < spinMs; passed++)
            {
                Poll(1000);
                if (transport is IPostedTransport posted)
                {
                    _ = posted.Look(TscClock.Now); // a wish that nobody repeats lapses
                }
            }
        }

        Output.Line("bench-bursts polled");
    }

    private static void Tell(string label, Action<uint, uint> mark)
    {
        foreach (uint part in BurstMark.Parts(label))
        {
            mark(BurstMark.Label, part);
        }
    }

    private static int Ask(IFrequencyTransport transport, FrequencyCall call)
    {
        if (transport is IPostedTransport posted)
        {
            posted.Post(call, TscClock.Now);
            return 0;
        }

        return transport.Call(call).IsError ? 1 : 0;
    }

    private static int Hold(IFrequencyTransport transport, int ms)
    {
        int errors = 0;
        for (int passed = 0; passed < ms; passed++)
        {
            Thread.Sleep(1);
            if (transport is IPostedTransport posted && posted.Look(TscClock.Now) is { Answered: true, Reply.IsError: true })
            {
                errors++;
            }
        }

        return errors;
    }

    private static void Poll(uint us)
    {
        ulong end = TscClock.Now + TscClock.FromMicroseconds(us);
        while (TscClock.Now < end)
        {
            Thread.SpinWait(1);
        }
    }
}
