using PollScale.Hypercall;
using PollScale.Native;

namespace PollScale.Clock;

/// <summary>Finds the TSC frequency: from the CPU, from the hypervisor, else by counting.</summary>
internal static class TscFrequencyFinder
{
    private const uint CrystalLeaf = 0x15;
    private const uint MinKHz = 100_000;
    private const uint MaxKHz = 20_000_000;

    public static TscFrequency Find(CpuidReader cpuid, Func<uint> calibrate)
    {
        if (cpuid(0, 0).Eax >= CrystalLeaf)
        {
            CpuidLeaf crystal = cpuid(CrystalLeaf, 0);
            if (crystal.Eax != 0 && crystal.Ebx != 0 && crystal.Ecx != 0)
            {
                UInt128 kHz = (UInt128)crystal.Ecx * crystal.Ebx / crystal.Eax / 1000;
                if (kHz >= MinKHz && kHz <= MaxKHz)
                {
                    return new TscFrequency((uint)kHz, TscSource.CrystalLeaf);
                }
            }
        }

        // Without a hypervisor a CPU echoes its highest basic leaf here, whose EAX is no leaf number of this range.
        uint highest = cpuid(HypercallAbi.CpuidScanFirst, 0).Eax;
        if (highest is >= HypercallAbi.CpuidTimingLeaf and < HypercallAbi.CpuidScanFirst + 0x1_0000)
        {
            uint kHz = cpuid(HypercallAbi.CpuidTimingLeaf, 0).Eax;
            if (kHz is >= MinKHz and <= MaxKHz)
            {
                return new TscFrequency(kHz, TscSource.HypervisorLeaf);
            }
        }

        return new TscFrequency(Math.Max(1, calibrate()), TscSource.Calibration);
    }
}
