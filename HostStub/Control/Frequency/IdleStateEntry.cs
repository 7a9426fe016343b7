namespace PollScale.HostStub.Frequency;

/// <summary>One idle state of a power model: what a core comes to that has nothing to do.</summary>
/// <param name="Name">Its name, as cpuidle has it (C1, C6).</param>
/// <param name="Watts">Power of a core in it, in W.</param>
/// <param name="ExitLatencyNs">Time from its end until the core works again, in ns.</param>
/// <param name="LeastResidencyNs">Shortest wait for which it is entered, in ns: cpuidle's target residency.</param>
/// <param name="Source">Where the numbers come from.</param>
internal sealed record IdleStateEntry(string Name, double Watts, uint ExitLatencyNs, uint LeastResidencyNs, string Source);
