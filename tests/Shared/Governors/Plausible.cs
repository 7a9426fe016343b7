using PollScale.Polling;

namespace PollScale.Tests.Shared.Governors;

/// <summary>A sample as a poll loop takes it: few full polls, many empty ones or none.</summary>
public readonly record struct Plausible(QueueSample Sample)
{
    internal static QueueSample Make(Random random)
    {
        uint full = (uint)random.Next(0, 3);
        uint empty = random.Next(2) == 0 ? 0 : (uint)random.Next(0, 500);
        return new QueueSample
        {
            ElapsedTicks = (ulong)random.Next(40_000, 200_000),
            CallTicks = random.Next(10) == 0 ? 5_000UL : 0,
            Received = full * 32,
            Backlog = random.Next(0, 200),
            Polls = full + empty,
            EmptyPolls = empty,
            FullPolls = full,
            PState = random.Next(21),
            Settled = random.Next(4) != 0,
        };
    }
}
