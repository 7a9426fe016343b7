namespace PollScale.Simulation.Running;

/// <summary>A request on its way to its effect.</summary>
/// <param name="EffectAt">Time at which it takes effect.</param>
/// <param name="PState">P-state asked for.</param>
/// <param name="Counted">True when the request counts.</param>
internal readonly record struct Transition(long EffectAt, int PState, bool Counted);
