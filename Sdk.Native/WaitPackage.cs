namespace PollScale.Native;

/// <summary>WAITPKG, the instructions by which a program waits in a light sleep of its core: TPAUSE, UMONITOR and UMWAIT (Intel SDM, volume 2).</summary>
internal static class WaitPackage
{
    /// <summary>Asks for C0.2, the deeper of the two states; the CPU takes C0.1 where the system forbids it (umwait_control/enable_c02).</summary>
    public const uint Deep = 0;

    /// <summary>Asks for C0.1, which ends sooner and saves less.</summary>
    public const uint Light = 1;

    private const uint Features = 7, Bit = 1 << 5;

    /// <summary>Whether the running CPU has it. A hypervisor may hide it: QEMU shows it with <c>-overcommit cpu-pm=on</c> alone.</summary>
    public static bool IsHere => IsIn(Cpuid.Read);

    /// <summary>Whether a CPU has it. A leaf beyond its last one would repeat another one's bits.</summary>
    public static bool IsIn(CpuidReader cpuid) => cpuid(0, 0).Eax >= Features && (cpuid(Features, 0).Ecx & Bit) != 0;
}
