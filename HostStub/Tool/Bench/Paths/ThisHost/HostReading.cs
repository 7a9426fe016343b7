namespace PollScale.HostStub.Bench.Paths.ThisHost;

/// <summary>What a pCPU and its package have counted at one moment.</summary>
/// <param name="Ticks">When, by the TSC.</param>
/// <param name="Cycles">APERF and MPERF: cycles while the pCPU did not rest, at its own and at a fixed frequency; null where they cannot be read.</param>
/// <param name="EnergyUj">The package's energy, in uJ, which begins anew at some number; null where it cannot be read.</param>
internal readonly record struct HostReading(ulong Ticks, (ulong Actual, ulong Fixed)? Cycles, ulong? EnergyUj);
