using FsCheck;
using FsCheck.Fluent;
using PollScale.Polling;

namespace PollScale.Tests.Shared.Governors;

/// <summary>Draws and shrinks what governors are tried on. Samples shrink to those of a quiet queue, ranges to all P-states.</summary>
internal static class GovernorDraws
{
    public static Arbitrary<AllowedRange> AllowedRange() => Arb.From(
        from fastest in Gen.Choose(0, 6) from slowest in Gen.Choose(fastest, 20) select new AllowedRange(fastest, slowest),
        range => range == new AllowedRange(0, 20) ? [] : [new AllowedRange(0, 20), new AllowedRange(0, range.Slowest), new AllowedRange(range.Fastest, 20)]);

    public static Arbitrary<Plausible> Plausible() => Of(Governors.Plausible.Make, sample => new Plausible(sample), one => one.Sample);

    public static Arbitrary<Loaded> Loaded() => Of(Governors.Loaded.Make, sample => new Loaded(sample), one => one.Sample);

    public static Arbitrary<Anything> Anything() => Of(Governors.Anything.Make, sample => new Anything(sample), one => one.Sample);

    private static Arbitrary<T> Of<T>(Func<Random, QueueSample> make, Func<QueueSample, T> wrap, Func<T, QueueSample> unwrap) =>
        Arb.From(Gen.Choose(0, int.MaxValue).Select(seed => wrap(make(new Random(seed)))), one => Simpler(unwrap(one)).Select(wrap));

    private static IEnumerable<QueueSample> Simpler(QueueSample one)
    {
        QueueSample[] simpler =
        [
            GovernorSamples.Quiet with { PState = one.PState },
            one with { CallTicks = 0 },
            one with { ClockLeapt = false, GuessedBacklog = 0 },
            one with { Backlog = one.Backlog / 2 },
            one with { Received = one.Received / 2 },
            one with { PState = one.PState / 2 },
        ];
        return simpler.Where(other => other != one);
    }
}
