using PollScale.Polling;

namespace PollScale.Tests.Shared.Governors;

/// <summary>A sample that no poll loop would take, or one that it would.</summary>
public readonly record struct Anything(QueueSample Sample)
{
    internal static QueueSample Make(Random random) => random.Next(5) switch
    {
        0 => Loaded.Make(random),
        1 => GovernorSamples.Quiet with { PState = random.Next(21) },
        2 => GovernorSamples.Garbage(random) with { ClockLeapt = random.Next(2) == 0, GuessedBacklog = random.Next() },
        _ => GovernorSamples.Garbage(random),
    };
}
