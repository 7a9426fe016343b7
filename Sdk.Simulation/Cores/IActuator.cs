namespace PollScale.Simulation.Cores;

/// <summary>When a core's speed follows a request. It holds no state of a run, so that runs may share one.</summary>
/// <remarks>Of requests that take effect at the same time only the last one counts, and none overtakes an earlier one.</remarks>
public interface IActuator
{
    /// <summary>Name with parameters, as <c>hoststub simulate</c> takes it.</summary>
    string Name { get; }

    /// <summary>L: longest time from a request to packets being served at the new speed, <see cref="Stall"/> included.</summary>
    long WorstLatency { get; }

    /// <summary>Time for which the core stands still at each change of its speed.</summary>
    long Stall { get; }

    /// <summary>Time from the edge of a grid, at which a request is taken up, to its effect; 0 where there is none. A delay counts it in.</summary>
    long Execution => 0;

    /// <summary>Time at which a request takes effect: never before the request, and within the latency of it. One that would be before that of an earlier request is put off to it.</summary>
    /// <param name="request">Time at which it reaches the actuator.</param>
    /// <param name="seed">Seed of the run, for phases.</param>
    long EffectTime(long request, ulong seed);
}
