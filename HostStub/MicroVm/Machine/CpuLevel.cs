using PollScale.Native;

namespace PollScale.HostStub.Machine;

/// <summary>The psABI's levels of x86-64, as a linker notes them in an ELF, and what a CPU lacks of them.</summary>
internal static class CpuLevel
{
    private const uint V2 = 2, V3 = 4, V4 = 8;
    private const uint Basic = 1, Structured = 7, Extended = 0x8000_0001, LastOf = 0x8000_0000;

    // Each has its bit in ecx, but for the structured leaf: there in ebx. Levels 1 and 2 as in the guests' own check, Samples/StaticGuest/cpu_check.c.
    private static readonly (uint Level, uint Leaf, int Bit, string Name)[] s_features =
    [
        (V2, Basic, 0, "SSE3"), (V2, Basic, 9, "SSSE3"), (V2, Basic, 13, "CMPXCHG16B"), (V2, Basic, 19, "SSE4.1"), (V2, Basic, 20, "SSE4.2"),
        (V2, Basic, 23, "POPCNT"), (V2, Extended, 0, "LAHF"),
        (V3, Basic, 12, "FMA"), (V3, Basic, 22, "MOVBE"), (V3, Basic, 28, "AVX"), (V3, Basic, 29, "F16C"), (V3, Structured, 3, "BMI1"),
        (V3, Structured, 5, "AVX2"), (V3, Structured, 8, "BMI2"), (V3, Extended, 5, "LZCNT"),
        (V4, Structured, 16, "AVX512F"), (V4, Structured, 17, "AVX512DQ"), (V4, Structured, 28, "AVX512CD"), (V4, Structured, 30, "AVX512BW"), (V4, Structured, 31, "AVX512VL"),
    ];

    /// <summary>Features of the levels needed that a CPU has not.</summary>
    /// <param name="needed">A bit for each level: 1 the first x86-64, 2 v2, 4 v3, 8 v4.</param>
    /// <param name="cpuid">The CPU: this host's, since no hypervisor takes an unprivileged instruction away, and kvm_pvm lists fewer than its guests have.</param>
    public static IReadOnlyList<string> Missing(uint needed, CpuidReader cpuid) =>
        [.. s_features.Where(f => (needed & f.Level) != 0 && !Has(cpuid, f.Leaf, f.Bit)).Select(f => f.Name)];

    /// <summary>Refuses an image that the CPU cannot run.</summary>
    /// <exception cref="GuestSetupException">It lacks something.</exception>
    public static void Check(uint needed, CpuidReader cpuid)
    {
        IReadOnlyList<string> missing = Missing(needed, cpuid);
        if (missing.Count > 0)
        {
            throw new GuestSetupException(
                $"The guest is compiled for {NameOf(needed)}, and the CPU of this machine lacks {string.Join(", ", missing)}. If it is a VM, give it more of its host's CPU (libvirt: <cpu mode='host-model'/>; QEMU: -cpu host, or a named model such as Nehalem or later), or compile the guest for less.");
        }
    }

    private static string NameOf(uint needed) => (needed & V4) != 0 ? "x86-64-v4" : (needed & V3) != 0 ? "x86-64-v3" : "x86-64-v2";

    // A leaf beyond the last answers as another one does.
    private static bool Has(CpuidReader cpuid, uint leaf, int bit) =>
        cpuid(leaf & LastOf, 0).Eax >= leaf && ((leaf == Structured ? cpuid(leaf, 0).Ebx : cpuid(leaf, 0).Ecx) >> bit & 1) != 0;
}
