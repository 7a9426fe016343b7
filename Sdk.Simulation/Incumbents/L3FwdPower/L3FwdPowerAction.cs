namespace PollScale.Simulation.Incumbents;

/// <summary>Outcome of one pass of an <see cref="L3FwdPowerRule"/>.</summary>
/// <param name="Step">What to do.</param>
/// <param name="DelayUs">Busy wait in us, for <see cref="L3FwdPowerStep.Delay"/>.</param>
/// <param name="SkipsLoopTop">True when the next pass follows at once, without <see cref="L3FwdPowerRule.OnLoopTop"/>.</param>
internal readonly record struct L3FwdPowerAction(L3FwdPowerStep Step, uint DelayUs = 0, bool SkipsLoopTop = false);
