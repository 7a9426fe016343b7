using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PollScale.Clock;
using PollScale.Governors;
using PollScale.Samples.QueueScaler;
using PollScale.Transports;

namespace PollScale.GuestProbe.Bench;

/// <summary>
/// Tells a scaler of recorded polls, by their own clock: a tool that counts instructions sees what telling and deciding take. A poll is three
/// numbers of 4 bytes, the lowest first: ns since the one before, packets received, packets left.
/// </summary>
internal static class BenchPolls
{
    private const int PollBytes = 3 * sizeof(int);
    private const uint TscKHz = 1_000_000;

    /// <summary>Runs and prints one line of key=value pairs.</summary>
    /// <param name="file">The polls.</param>
    /// <param name="rounds">How often they come.</param>
    /// <param name="governor">The governor, as the catalog has it.</param>
    /// <param name="period">Time between decisions.</param>
    /// <exception cref="InvalidOperationException">The file cannot be read, or is no whole number of polls.</exception>
    public static void Run(string file, int rounds, string governor, TimeSpan period)
    {
        Poll[] polls = MemoryMarshal.Cast<byte, Poll>(RecordedFile.Read(file, PollBytes, "a poll")).ToArray();
        Clock clock = new();
        using LoopbackTransport host = new();
        using LcoreScaler scaler = new(new LcoreScalerOptions
        {
            Transport = host,
            Governor = GovernorCatalog.Parse(governor),
            DecisionPeriod = period,
            Pinning = ThreadPinning.Ignore,
            Ticks = () => clock.Now,
            Frequency = new TscFrequency(TscKHz, TscSource.Calibration),
        });
        for (int round = 0; round < rounds; round++)
        {
            Tell(scaler, polls, clock);
        }

        Output.Line($"bench-polls governor={scaler.Governor.GetType().Name} polls={scaler.Counters.Polls} decisions={scaler.Decisions} calls={scaler.Calls}");
    }

    // Alone, as a poll loop is: the code around it would take its registers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Tell(LcoreScaler scaler, ReadOnlySpan<Poll> polls, Clock clock)
    {
        if (scaler.Queues != 1)
        {
            return; // and the loop knows that there is a scaler, as one does that made it
        }

        foreach (ref readonly Poll poll in polls)
        {
            clock.Now += poll.Ns;
            scaler.Observe(poll.Received, poll.Backlog);
        }
    }

    private sealed class Clock
    {
        public ulong Now;
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Poll
    {
        public readonly uint Ns;
        public readonly int Received;
        public readonly int Backlog;
    }
}
