namespace PollScale.Simulation.Cores;

/// <summary>An actuator of which another latency is stated than it has: it may be faster than stated, or slower.</summary>
/// <param name="Actuator">What it is.</param>
/// <param name="WorstLatency">The latency stated.</param>
internal sealed record StatedActuator(IActuator Actuator, long WorstLatency) : IActuator
{
    /// <inheritdoc/>
    public string Name => $"{Actuator.Name}, stated {WorstLatency / SimTime.Nanosecond} ns";

    /// <inheritdoc/>
    public long Stall => Actuator.Stall;

    /// <inheritdoc/>
    public long Execution => Actuator.Execution;

    /// <inheritdoc/>
    public long EffectTime(long request, ulong seed) => Actuator.EffectTime(request, seed);
}
