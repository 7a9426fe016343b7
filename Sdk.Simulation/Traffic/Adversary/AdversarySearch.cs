using PollScale.Simulation.Cores;
using PollScale.Simulation.Traffic.Generators;

namespace PollScale.Simulation.Traffic.Adversary;

/// <summary>
/// Looks for the schedule that is worst for a governor: random ones first, then hill climbing from the worst, begun anew when it stays
/// without success. What a schedule is worth says the caller; the same seed and scores give the same result.
/// </summary>
internal sealed record AdversarySearch
{
    /// <summary>Rate of bursts in packets per second: the R of the governor's contract.</summary>
    public double Rate { get; init; } = TrafficDefaults.ReferenceRate;

    /// <summary>Shortest silence in simulated time, at least 1 ns.</summary>
    public long LeastQuiet { get; init; } = 10 * SimTime.Microsecond;

    /// <summary>Longest silence in simulated time, at most 1000 s.</summary>
    public long MostQuiet { get; init; } = 50 * SimTime.Millisecond;

    /// <summary>Shortest burst in simulated time, at least 100 ns.</summary>
    public long LeastBurst { get; init; } = 10 * SimTime.Microsecond;

    /// <summary>Longest burst in simulated time, at most 1000 s.</summary>
    public long MostBurst { get; init; } = 5 * SimTime.Millisecond;

    /// <summary>Most pairs in a schedule, 1 .. <see cref="AdversarialSchedule.MaxPairs"/>.</summary>
    public int MostPairs { get; init; } = 8;

    /// <summary>Share of the budget spent on random schedules before climbing, 0 .. 1.</summary>
    public double RandomShare { get; init; } = 0.25;

    /// <summary>Seed.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Scores schedules and gives the worst.</summary>
    /// <param name="score">How bad a schedule is for the governor; more is worse, NaN counts as not bad at all.</param>
    /// <param name="budget">How many schedules to score, at least 1.</param>
    /// <exception cref="TrafficModelException">A bound of the search is out of range.</exception>
    public AdversaryResult Run(Func<AdversarialSchedule, double> score, int budget)
    {
        Check();
        ScheduleMutator mutator = new(this, new Xoshiro256(Seed));
        (AdversarialSchedule schedule, double value, int at) = HillClimb.Run(mutator.Draw, mutator.Mutate, score, budget, RandomShare);
        return new AdversaryResult(schedule, value, budget, at);
    }

    /// <summary>Checks the bounds.</summary>
    /// <exception cref="TrafficModelException">One is out of range.</exception>
    internal void Check()
    {
        Require(LeastQuiet >= SimTime.Nanosecond && LeastQuiet <= MostQuiet && MostQuiet <= AdversarialSchedule.MostTime, "silences need 1ns <= LeastQuiet <= MostQuiet <= 1000s");
        Require(LeastBurst >= AdversarialSchedule.LeastBurst && LeastBurst <= MostBurst && MostBurst <= AdversarialSchedule.MostTime, "bursts need 100ns <= LeastBurst <= MostBurst <= 1000s");
        Require(MostPairs is >= 1 and <= AdversarialSchedule.MaxPairs, $"MostPairs is 1..{AdversarialSchedule.MaxPairs}");
        Require(RandomShare is >= 0 and <= 1, "RandomShare is 0..1");
    }

    private static void Require(bool holds, string rule) => _ = holds ? true : throw new TrafficModelException($"adversary search: {rule}.");
}
