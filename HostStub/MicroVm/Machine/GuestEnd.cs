namespace PollScale.HostStub.Machine;

/// <summary>Why a guest no longer runs.</summary>
internal enum GuestEnd
{
    /// <summary>It called exit_group.</summary>
    Exited,

    /// <summary>The host stopped it: Ctrl-C, a time limit, or the watchdog.</summary>
    Stopped,

    /// <summary>It did something no guest may do, or KVM gave up on it.</summary>
    Failed,

    /// <summary>A thread of the host that served it threw: a defect of hoststub, not of the guest.</summary>
    HostFailed,
}
