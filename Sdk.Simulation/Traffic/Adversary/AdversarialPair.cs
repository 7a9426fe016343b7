using PollScale.Simulation.Cores;
using PollScale.Simulation.Costs;

namespace PollScale.Simulation.Traffic.Adversary;

/// <summary>Arrivals and an actuator that are bad for a governor together.</summary>
/// <param name="Schedule">The arrivals.</param>
/// <param name="Actuator">The actuator, within the latency stated.</param>
internal sealed record AdversarialPair(AdversarialSchedule Schedule, IActuator Actuator)
{
    /// <summary>What packets cost; null for what they usually do.</summary>
    public CostPattern? Costs { get; init; }

    public override string ToString() => $"{Schedule.Name} on {Actuator.Name}{(Costs is null ? "" : $", packets {Costs.Name}")}";
}
