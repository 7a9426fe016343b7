using FsCheck;
using FsCheck.Fluent;
using PollScale.Governors;
using PollScale.Simulation.Running;
using PollScale.Simulation.Tests.Running;
using PollScale.Simulation.Traffic.Adversary;

namespace PollScale.Simulation.Tests.Governors;

/// <summary>A simulated run: moderate load, then silences and bursts. It shrinks to few and short ones.</summary>
/// <param name="Actuator">The actuator.</param>
/// <param name="Ring">Descriptors.</param>
/// <param name="Seed">Seed of phases and load.</param>
/// <param name="Percent">A number for whatever else a property leaves to chance, 0 .. 100.</param>
/// <param name="Load">Load before the schedule, as a share of the line.</param>
/// <param name="Pairs">Silence and burst in us.</param>
internal sealed record RunCase(string Actuator, int Ring, ulong Seed, int Percent, double Load, (int Quiet, int Burst)[] Pairs)
{
    private const int MostPairs = 6;

    private static readonly Gen<(int Quiet, int Burst)> s_pair =
        from quiet in Gen.OneOf(Gen.Choose(10, 600), Gen.Choose(10, 10_000))
        from burst in Gen.OneOf(Gen.Choose(10, 600), Gen.Choose(10, 3_000))
        select (quiet, burst);

    private static readonly Gen<RunCase> s_any =
        from core in Gen.Elements(("500us", 2048), ("500us", 4096), ("1ms", 4096), ("30us", 512), ("30us", 1024), ("10us", 512))
        from seed in Gen.Choose(1, 1_000_000)
        from percent in Gen.Choose(0, 100)
        from load in Gen.Elements(0.02, 0.3, 0.6)
        from count in Gen.Choose(1, MostPairs)
        from pairs in Gen.ArrayOf(s_pair, count)
        select new RunCase(core.Item1, core.Item2, (ulong)seed, percent, load, pairs);

    /// <summary>Any case.</summary>
    public static Arbitrary<RunCase> Any => Arb.From(s_any, Simpler);

    /// <summary><see cref="Percent"/> as a share.</summary>
    public double Chance => Percent / 100.0;

    /// <summary>Settings of the governor.</summary>
    public OptimalAvailableOptions Settings => new() { PeakPacketsPerSecond = OptimalAvailableRuns.Line, DelayBound = TimeSpan.FromMilliseconds(1) };

    /// <summary>The run's options.</summary>
    public PollLoopOptions Options() => OptimalAvailableRuns.Options(Actuator, Ring, TestCores.Ms, Seed);

    /// <summary>The silences and bursts.</summary>
    public AdversarialSchedule Schedule(double rate) => new() { Rate = rate, Pairs = [.. Pairs.Select(pair => new QuietBurst(pair.Quiet * TestCores.Us, pair.Burst * TestCores.Us))] };

    public override string ToString() =>
        FormattableString.Invariant($"{Actuator}, ring {Ring}, seed {Seed}, {Percent} %, load {Load}, silence/burst in us: [{string.Join(", ", Pairs.Select(pair => $"{pair.Quiet}/{pair.Burst}"))}]");

    private static IEnumerable<RunCase> Simpler(RunCase one)
    {
        for (int i = 0; i < one.Pairs.Length; i++)
        {
            (int quiet, int burst) = one.Pairs[i];
            if (one.Pairs.Length > 1)
            {
                yield return one with { Pairs = [.. one.Pairs[..i], .. one.Pairs[(i + 1)..]] };
            }

            if (quiet > 10)
            {
                yield return one with { Pairs = [.. one.Pairs[..i], (Math.Max(10, quiet / 2), burst), .. one.Pairs[(i + 1)..]] };
            }

            if (burst > 10)
            {
                yield return one with { Pairs = [.. one.Pairs[..i], (quiet, Math.Max(10, burst / 2)), .. one.Pairs[(i + 1)..]] };
            }
        }
    }
}
