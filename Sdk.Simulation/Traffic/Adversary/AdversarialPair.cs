using PollScale.Simulation.Cores;

namespace PollScale.Simulation.Traffic.Adversary;

/// <summary>Arrivals and an actuator that are bad for a governor together.</summary>
/// <param name="Schedule">The arrivals.</param>
/// <param name="Actuator">The actuator, within the latency stated.</param>
internal sealed record AdversarialPair(AdversarialSchedule Schedule, IActuator Actuator)
{
    public override string ToString() => $"{Schedule.Name} on {Actuator.Name}";
}
