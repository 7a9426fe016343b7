using PollScale.Hypercall;

namespace PollScale.Cpufreq;

/// <summary>Makes the P-state table of a policy.</summary>
internal static class CpufreqPStates
{
    /// <summary>Distance of derived P-states, kHz: the bus clock that Intel's and AMD's ratios count in, and DPDK's step too.</summary>
    public const uint StepKHz = 100_000;

    /// <summary>Latency where the kernel does not know it, in ns. 20 us is what the amd-pstate and intel_pstate (passive) drivers state.</summary>
    public const uint UnknownLatencyNs = 20_000;

    /// <summary>
    /// The driver's table with boost entries, or steps of 100 MHz (wider when there would be more than 64) from cpuinfo_max_freq to
    /// cpuinfo_min_freq with base_frequency among them. The allowed range is what scaling_min_freq and scaling_max_freq leave.
    /// </summary>
    public static PStateTable Build(CpufreqPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        uint[] kHz = policy.TableKHz.Any(entry => entry > 0)
            ? Thin([.. policy.TableKHz.Concat(policy.BoostKHz).Where(entry => entry > 0).Distinct().OrderDescending()])
            : Derive(policy);

        // Bounds between two entries leave none: the kernel then runs at the bound, to which the entry above it is nearest in effect.
        int slowest = Math.Max(0, Array.FindLastIndex(kHz, entry => entry >= policy.MinKHz));
        int fastest = Array.FindIndex(kHz, entry => entry <= policy.MaxKHz);
        fastest = fastest < 0 ? kHz.Length - 1 : fastest;
        return new PStateTable(kHz, Math.Min(fastest, slowest), slowest, policy.TransitionLatencyNs ?? UnknownLatencyNs);
    }

    private static uint[] Derive(CpufreqPolicy policy)
    {
        uint min = Math.Min(policy.HardwareMinKHz, policy.HardwareMaxKHz);
        uint max = policy.HardwareMaxKHz;
        for (uint step = StepKHz; ; step += StepKHz)
        {
            SortedSet<uint> kHz = [min, max];
            if (policy.BaseKHz is uint sustained && sustained > min && sustained < max)
            {
                kHz.Add(sustained);
            }

            for (ulong entry = ((ulong)min / step + 1) * step; entry < max && kHz.Count <= HypercallAbi.MaxPStates; entry += step)
            {
                kHz.Add((uint)entry);
            }

            if (kHz.Count <= HypercallAbi.MaxPStates)
            {
                return [.. kHz.Reverse()];
            }
        }
    }

    // Both ends stay.
    private static uint[] Thin(uint[] kHz) => kHz.Length <= HypercallAbi.MaxPStates ? kHz
        : [.. Enumerable.Range(0, HypercallAbi.MaxPStates).Select(i => kHz[(long)i * (kHz.Length - 1) / (HypercallAbi.MaxPStates - 1)])];
}
