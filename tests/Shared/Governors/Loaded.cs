using PollScale.Polling;

namespace PollScale.Tests.Shared.Governors;

/// <summary>A decision period of any load: of the time, or of packets with a backlog now and then.</summary>
public readonly record struct Loaded(QueueSample Sample)
{
    internal static QueueSample Make(Random random)
    {
        int pState = random.Next(21);
        return random.Next(3) == 0
            ? GovernorSamples.Load(random.Next(101), pState) with { Backlog = random.Next(64) }
            : GovernorSamples.Busy((uint)random.Next(65), random.Next(4) == 0 ? random.Next(3000) : 0, pState);
    }
}
