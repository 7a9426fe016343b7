using PollScale.Simulation.Traffic.Generators;

namespace PollScale.Simulation.Traffic.Adversary;

/// <summary>Looks for the pair of arrivals and actuator that is worst for a governor, among all actuators that keep to a latency.</summary>
internal sealed record PairSearch
{
    private const ulong ActuatorSalt = 0xAC7A, CostSalt = 0xC057;

    /// <summary>Bounds of the arrivals, and the seed.</summary>
    public required AdversarySearch Schedules { get; init; }

    /// <summary>The latency stated, in simulated time, the stall included.</summary>
    public required long Latency { get; init; }

    /// <summary>Stall of each change.</summary>
    public long Stall { get; init; }

    /// <summary>Least and greatest factor on what packets cost; null leaves costs alone.</summary>
    public (double Low, double High)? Costs { get; init; }

    /// <summary>Longest time for which the core may be taken away, where costs change; 0 for none.</summary>
    public long Steal { get; init; }

    /// <summary>Scores pairs and gives the worst.</summary>
    /// <param name="score">How bad a pair is for the governor; more is worse, NaN counts as not bad at all.</param>
    /// <param name="budget">How many pairs to score, at least 1.</param>
    /// <exception cref="TrafficModelException">A bound of the search is out of range.</exception>
    public (AdversarialPair Worst, double Score) Run(Func<AdversarialPair, double> score, int budget)
    {
        Schedules.Check();
        ScheduleMutator schedules = new(Schedules, new Xoshiro256(Schedules.Seed));
        ActuatorMutator actuators = new(Latency, Stall, new Xoshiro256(Schedules.Seed ^ ActuatorSalt));
        CostMutator? costs = Costs is (double low, double high) ? new CostMutator(low, high, Steal, new Xoshiro256(Schedules.Seed ^ CostSalt)) : null;
        int turn = 0, turns = costs is null ? 2 : 3;
        (AdversarialPair worst, double value, int _) = HillClimb.Run(
            () => new AdversarialPair(schedules.Draw(), actuators.Draw()) { Costs = costs?.Draw() },
            pair => (turn = (turn + 1) % turns) switch
            {
                0 => pair with { Actuator = actuators.Mutate(pair.Actuator) },
                1 => pair with { Schedule = schedules.Mutate(pair.Schedule) },
                _ => pair with { Costs = costs!.Mutate(pair.Costs!) },
            },
            score, budget, Schedules.RandomShare);
        return (worst, value);
    }
}
