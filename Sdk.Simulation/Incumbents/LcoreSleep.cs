namespace PollScale.Simulation.Incumbents;

/// <summary>A sleep between two polls; the default is none.</summary>
/// <param name="Ticks">TSC ticks asked for; 0 for no sleep.</param>
/// <param name="WakeTicks">TSC ticks from its end until the lcore polls again, beside what leaving its idle state takes; it sleeps on meanwhile.</param>
/// <param name="EndsAtPacket">A packet ends it, at once where one waits already, as an rx interrupt does.</param>
/// <param name="IsPause">The CPU pauses by itself (TPAUSE): in no idle state of the kernel's.</param>
internal readonly record struct LcoreSleep(ulong Ticks, ulong WakeTicks, bool EndsAtPacket = false, bool IsPause = false);
