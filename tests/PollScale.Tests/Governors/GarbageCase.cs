using FsCheck;
using FsCheck.Fluent;
using PollScale.Polling;

namespace PollScale.Tests.Governors;

/// <summary>Samples that no poll loop would take, for a range of P-states. It shrinks to few samples.</summary>
internal sealed record GarbageCase(int Fastest, int Slowest, bool PeakKnown, QueueSample[] Samples)
{
    private const int MostSamples = 60;

    private static readonly Gen<GarbageCase> s_any =
        from fastest in Gen.Choose(0, 6)
        from slowest in Gen.Choose(fastest, 20)
        from known in Gen.Elements(true, false)
        from count in Gen.Choose(1, MostSamples)
        from seed in Gen.Choose(0, int.MaxValue)
        select new GarbageCase(fastest, slowest, known, Make(new Random(seed), count));

    /// <summary>Any case.</summary>
    public static Arbitrary<GarbageCase> Any => Arb.From(s_any, Simpler);

    public override string ToString() => $"P{Fastest} .. P{Slowest}, peak {(PeakKnown ? "known" : "unknown")}: {string.Join("; ", Samples)}";

    private static QueueSample[] Make(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(4) switch
    {
        0 => GovernorSamples.Load(random.Next(101), random.Next(21)),
        1 => GovernorSamples.Quiet with { PState = random.Next(21) },
        2 => GovernorSamples.Garbage(random) with { ClockLeapt = random.Next(2) == 0, GuessedBacklog = random.Next() },
        _ => GovernorSamples.Garbage(random),
    })];

    private static IEnumerable<GarbageCase> Simpler(GarbageCase one)
    {
        if (one.Samples.Length > 2)
        {
            yield return one with { Samples = one.Samples[..(one.Samples.Length / 2)] };
            yield return one with { Samples = one.Samples[(one.Samples.Length / 2)..] };
        }

        for (int i = 0; i < one.Samples.Length; i++)
        {
            yield return one with { Samples = [.. one.Samples[..i], .. one.Samples[(i + 1)..]] };
        }
    }
}
