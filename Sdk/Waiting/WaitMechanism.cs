namespace PollScale;

/// <summary>What a thread does in <see cref="LcoreScaler.Idle()"/>.</summary>
public enum WaitMechanism
{
    /// <summary>It sleeps by the kernel's timer: the CPU is free for others, or for an idle state. In a VM the vCPU halts, and the host's CPU is free.</summary>
    Sleep,

    /// <summary>It spins with the PAUSE instruction: its CPU stays busy, a hyper-thread beside it gets more of the core. It wakes up at once.</summary>
    Pause,

    /// <summary>
    /// It waits by the TPAUSE instruction, or by UMWAIT where it is told of a word to watch (<see cref="LcoreScaler.Idle(ref readonly uint, uint)"/>): its CPU stays taken, but rests in the light sleep C0.2, which
    /// leaves more of the core to a hyper-thread beside it, or C0.1, as the system allows. For CPUs with WAITPKG (CPUID.7.0:ECX[5]); a scaler on others cannot be made.
    /// </summary>
    Tpause,

    /// <summary>
    /// It sleeps, as by <see cref="Sleep"/>, until <see cref="LcoreScalerOptions.WaitDescriptor"/> can be read: an interrupt of the ring, or a socket's packet, ends the wait. Nothing is read from it.
    /// Where it cannot be waited for, the thread sleeps all the time, and <see cref="LcoreScaler.Warnings"/> says why.
    /// </summary>
    Event,
}
