using PollScale.Simulation.Cores;
using PollScale.Simulation.Traffic;
using PollScale.Simulation.Traffic.Adversary;
using Xunit;

namespace PollScale.Simulation.Tests.Traffic.Adversary;

public class AdversarySearchTests
{
    private const long WorstQuiet = 3_217 * SimTime.Microsecond;
    private const long WorstBurst = 604 * SimTime.Microsecond;

    /// <summary>A narrow peak: the burst must fall within 1 % behind a hold time, and be just as long as a ring lasts.</summary>
    private static double Planted(AdversarialSchedule schedule) => schedule.Pairs.Max(p =>
        -Math.Abs(Math.Log(p.Quiet / (double)WorstQuiet)) - Math.Abs(Math.Log(p.Burst / (double)WorstBurst)));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_planted_worst_case_is_found(ulong seed)
    {
        AdversarySearch search = new() { Seed = seed };
        AdversaryResult found = search.Run(Planted, 1500);
        Assert.True(found.Score > -0.02, $"{found.Score}: {found.Schedule}");
        Assert.Equal(found.Score, Planted(found.Schedule));

        // Chance alone comes nowhere near.
        Assert.True(found.Score > (search with { RandomShare = 1 }).Run(Planted, 1500).Score);
    }

    [Fact]
    public void A_search_leaves_a_hill_that_is_not_the_highest()
    {
        // Short quiet times slope up to a small peak; the high one is a narrow needle elsewhere.
        static double Score(AdversarialSchedule schedule) => schedule.Pairs.Max(p =>
            Math.Max(Planted(schedule) > -0.7 ? 10 + Planted(schedule) : 0, -Math.Log(p.Quiet / 1e7)));
        Assert.True(new AdversarySearch { MostPairs = 2 }.Run(Score, 4000).Score > 9.9);
    }

    [Fact]
    public void The_same_seed_finds_the_same_and_the_budget_is_kept()
    {
        int calls = 0;
        AdversarySearch search = new() { Seed = 5 };
        AdversaryResult first = search.Run(s => ++calls > 0 ? Planted(s) : 0, 300);
        Assert.Equal(300, calls);
        Assert.Equal(300, first.Tried);
        Assert.Equal(first, search.Run(Planted, 300));
        Assert.NotEqual(first.Schedule, (search with { Seed = 6 }).Run(Planted, 300).Schedule);
    }

    [Fact]
    public void Every_schedule_keeps_to_the_bounds()
    {
        AdversarySearch search = new() { Rate = 9e6, LeastQuiet = 50_000_000, MostQuiet = 60_000_000, LeastBurst = 100_000, MostBurst = 100_000, MostPairs = 3 };
        search.Run(s =>
        {
            Assert.Equal(9e6, s.PeakRate);
            Assert.InRange(s.Pairs.Count, 1, 3);
            Assert.All(s.Pairs, p => Assert.InRange(p.Quiet, 50_000_000, 60_000_000));
            Assert.All(s.Pairs, p => Assert.Equal(100_000, p.Burst));
            Assert.NotEmpty(Sequences.Run(s, 1, SimTime.Millisecond));
            return s.Pairs.Sum(p => p.Quiet);
        }, 500);
    }

    [Fact]
    public void Scores_that_are_no_number_do_not_win()
    {
        int calls = 0;
        AdversaryResult found = new AdversarySearch().Run(_ => ++calls == 7 ? -1e300 : double.NaN, 50);
        Assert.Equal((7, -1e300), (found.FoundAt, found.Score));
        Assert.Equal(1, new AdversarySearch().Run(_ => double.NaN, 1).FoundAt);
    }

    [Fact]
    public void Bounds_that_cannot_hold_are_refused()
    {
        Assert.Throws<TrafficModelException>(() => new AdversarySearch { LeastQuiet = 2, MostQuiet = 1 }.Run(_ => 0, 1));
        Assert.Throws<TrafficModelException>(() => new AdversarySearch { LeastBurst = 0 }.Run(_ => 0, 1));
        Assert.Throws<TrafficModelException>(() => new AdversarySearch { MostPairs = 0 }.Run(_ => 0, 1));
        Assert.Throws<TrafficModelException>(() => new AdversarySearch { RandomShare = double.NaN }.Run(_ => 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AdversarySearch().Run(_ => 0, 0));
    }
}
