using System.Runtime.Intrinsics.X86;

namespace PollScale.Native;

/// <summary>The CPUID instruction. It traps in a VM (microseconds): read once and keep the result.</summary>
internal static class Cpuid
{
    /// <summary>Reads a leaf of the running CPU.</summary>
    /// <exception cref="PlatformNotSupportedException">The process does not run on x86.</exception>
    public static CpuidLeaf Read(uint leaf, uint subleaf)
    {
        if (!X86Base.IsSupported)
        {
            throw new PlatformNotSupportedException("PollScale needs an x86-64 CPU: its doorbells and clock are x86 instructions.");
        }

        (int eax, int ebx, int ecx, int edx) = X86Base.CpuId((int)leaf, (int)subleaf);
        return new CpuidLeaf((uint)eax, (uint)ebx, (uint)ecx, (uint)edx);
    }
}
