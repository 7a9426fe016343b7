namespace PollScale.Simulation.Incumbents;

/// <summary>A sleep between two polls; the default is none.</summary>
/// <param name="Ticks">TSC ticks asked for; 0 for no sleep.</param>
/// <param name="WakeTicks">TSC ticks from its end until the lcore polls again; it sleeps on meanwhile.</param>
/// <param name="EndsAtPacket">A packet ends it, at once where one waits already, as an rx interrupt does.</param>
internal readonly record struct LcoreSleep(ulong Ticks, ulong WakeTicks, bool EndsAtPacket = false);
