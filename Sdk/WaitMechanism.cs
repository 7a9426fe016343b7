namespace PollScale;

/// <summary>What a thread does in <see cref="LcoreScaler.Idle"/>.</summary>
public enum WaitMechanism
{
    /// <summary>It sleeps by the kernel's timer: the CPU is free for others, or for an idle state. In a VM the vCPU halts, and the host's CPU is free.</summary>
    Sleep,

    /// <summary>It spins with the PAUSE instruction: its CPU stays busy, a hyper-thread beside it gets more of the core. It wakes up at once.</summary>
    Pause,
}
