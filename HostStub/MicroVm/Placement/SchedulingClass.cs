namespace PollScale.HostStub.Placement;

/// <summary>How a polling thread competes for its CPU.</summary>
internal enum SchedulingClass
{
    /// <summary>As any other thread.</summary>
    Normal,

    /// <summary>Under the normal scheduler with the highest weight (nice -20): others get moments, never long stretches.</summary>
    Nice,

    /// <summary>SCHED_FIFO: before every normal thread, until the kernel throttles it.</summary>
    RealTime,
}
