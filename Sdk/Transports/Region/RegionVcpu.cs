using PollScale.Native;

namespace PollScale.Transports;

/// <summary>The identity of a vCPU as the guest sees it: its x2APIC id.</summary>
internal static class RegionVcpu
{
    private const uint FeatureLeaf = 1, TopologyLeaf = 0xB;

    /// <summary>Reads the id of a CPU.</summary>
    /// <param name="cpu">CPU as the guest numbers it; null takes the one that the thread is pinned to.</param>
    /// <param name="cpuid">Reads a leaf of the running CPU.</param>
    /// <exception cref="RegionUnavailableException">The thread is not pinned, or may not run there.</exception>
    public static uint ApicId(int? cpu, CpuidReader cpuid)
    {
        if (cpu is null)
        {
            return ThreadAffinity.Read(out int _) == 1 ? Read(cpuid) : throw new RegionUnavailableException(
                "The shared page has a slot for each vCPU, and this thread may run on several.", "Pin it (taskset, LcoreScalerOptions.Pinning) before the transport is opened, or name the CPU (RegionOptions.Cpu).");
        }

        uint id = 0;
        int error = 0;
        Thread there = new(() =>
        {
            error = ThreadAffinity.Pin(cpu.Value);
            id = error == 0 ? Read(cpuid) : 0;
        });
        there.Start();
        there.Join();
        return error == 0 ? id : throw new RegionUnavailableException(
            $"The id of CPU {cpu} cannot be read there: {LibC.strerror(error)}.", "The CPU must exist, be online, and be allowed to this process (cpuset, taskset).");
    }

    // A CPU without the leaf, or one whose leaf tells nothing, has the 8 bits of before.
    private static uint Read(CpuidReader cpuid)
    {
        CpuidLeaf topology = cpuid(0, 0).Eax >= TopologyLeaf ? cpuid(TopologyLeaf, 0) : default;
        return topology.Ebx != 0 ? topology.Edx : cpuid(FeatureLeaf, 0).Ebx >> 24;
    }
}
