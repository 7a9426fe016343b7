using System.Runtime.Intrinsics.X86;

namespace PollScale.Native;

/// <summary>Registers that one CPUID leaf returns.</summary>
/// <param name="Eax">EAX.</param>
/// <param name="Ebx">EBX.</param>
/// <param name="Ecx">ECX.</param>
/// <param name="Edx">EDX.</param>
internal readonly record struct CpuidLeaf(uint Eax, uint Ebx, uint Ecx, uint Edx)
{
    /// <summary>Of leaf 0: true for AMD and Hygon, which have SVM and <c>vmmcall</c>; Intel and Zhaoxin have VMX and <c>vmcall</c>.</summary>
    public bool IsAmd => Ebx is 0x6874_7541 or 0x6F67_7948; // "Auth", "Hygo"
}

/// <summary>Reads one CPUID leaf; tests put a table in its place.</summary>
/// <param name="leaf">EAX on entry.</param>
/// <param name="subleaf">ECX on entry.</param>
internal delegate CpuidLeaf CpuidReader(uint leaf, uint subleaf);

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
