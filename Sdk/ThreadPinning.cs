namespace PollScale;

/// <summary>What a scaler does about the CPU of the thread that makes it. A vCPU is an identity: a thread that wanders scales other cores.</summary>
public enum ThreadPinning
{
    /// <summary>The thread must already be pinned to exactly one CPU (to <see cref="LcoreScalerOptions.Cpu"/>, if given); else an error.</summary>
    Require,

    /// <summary>Pins the thread to <see cref="LcoreScalerOptions.Cpu"/>, or to the CPU it runs on, unless it already is.</summary>
    Pin,

    /// <summary>Leaves the thread as it is. For tests and for hosts where one vCPU is all there is.</summary>
    Ignore,
}
