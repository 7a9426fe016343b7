namespace PollScale.Simulation.Traffic.Adversary;

/// <summary>A silence and the burst after it.</summary>
/// <param name="Quiet">Length of the silence in simulated time, 0 .. 1000 s.</param>
/// <param name="Burst">Length of the burst in simulated time, 100 ns .. 1000 s.</param>
internal readonly record struct QuietBurst(long Quiet, long Burst);
