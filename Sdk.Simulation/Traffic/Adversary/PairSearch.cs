using PollScale.Simulation.Traffic.Generators;

namespace PollScale.Simulation.Traffic.Adversary;

/// <summary>Looks for the pair of arrivals and actuator that is worst for a governor, among all actuators that keep to a latency.</summary>
internal sealed record PairSearch
{
    private const ulong ActuatorSalt = 0xAC7A;

    /// <summary>Bounds of the arrivals, and the seed.</summary>
    public required AdversarySearch Schedules { get; init; }

    /// <summary>The latency stated, in simulated time, the stall included.</summary>
    public required long Latency { get; init; }

    /// <summary>Stall of each change.</summary>
    public long Stall { get; init; }

    /// <summary>Scores pairs and gives the worst.</summary>
    /// <param name="score">How bad a pair is for the governor; more is worse, NaN counts as not bad at all.</param>
    /// <param name="budget">How many pairs to score, at least 1.</param>
    /// <exception cref="TrafficModelException">A bound of the search is out of range.</exception>
    public (AdversarialPair Worst, double Score) Run(Func<AdversarialPair, double> score, int budget)
    {
        Schedules.Check();
        ScheduleMutator schedules = new(Schedules, new Xoshiro256(Schedules.Seed));
        ActuatorMutator actuators = new(Latency, Stall, new Xoshiro256(Schedules.Seed ^ ActuatorSalt));
        bool turn = false;
        (AdversarialPair worst, double value, int _) = HillClimb.Run(
            () => new AdversarialPair(schedules.Draw(), actuators.Draw()),
            pair => (turn = !turn) ? pair with { Schedule = schedules.Mutate(pair.Schedule) } : pair with { Actuator = actuators.Mutate(pair.Actuator) },
            score, budget, Schedules.RandomShare);
        return (worst, value);
    }
}
