using PollScale.Native;

namespace PollScale.Clock;

/// <summary>The CPU's own, in the deepest state that the system allows them (C0.2, or C0.1).</summary>
internal sealed class WaitInstruction : IWaitInstruction
{
    /// <summary>Makes one.</summary>
    /// <param name="cpuid">CPUID of the CPU.</param>
    /// <exception cref="PlatformNotSupportedException">The CPU has none.</exception>
    public WaitInstruction(CpuidReader cpuid)
    {
        if (!WaitPackage.IsIn(cpuid))
        {
            throw new PlatformNotSupportedException(
                "This CPU has no TPAUSE and UMWAIT (WAITPKG, CPUID.7.0:ECX[5]), or a hypervisor hides them, as QEMU does without -overcommit cpu-pm=on. Wait by sleep, by pause, or by event where a descriptor tells of packets.");
        }
    }

    /// <inheritdoc/>
    public void Pause(ulong deadline) => NativeCode.Tpause(WaitPackage.Deep, deadline);

    /// <inheritdoc/>
    public void Monitor(ref readonly uint word, uint seen, ulong deadline) => NativeCode.Umwait(in word, seen, WaitPackage.Deep, deadline);
}
