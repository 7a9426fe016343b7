using PollScale.HostStub.Guest.Signals;

namespace PollScale.HostStub.Guest;

/// <summary>
/// What Linux calls a thread group and a program calls a process: threads with one pid and one table of signal actions. Memory and
/// files belong to <see cref="GuestProcess"/>, for its children share them.
/// </summary>
internal class ThreadGroup(int pid, SignalTable signals)
{
    /// <summary>Process id as the guest sees it.</summary>
    public int Pid => pid;

    /// <summary>Its signal actions.</summary>
    public SignalTable Signals => signals;

    /// <summary>When its alarm rings, in ns of CLOCK_MONOTONIC, or 0; belongs to <see cref="AlarmClock"/>.</summary>
    public long AlarmAt { get; set; }
}
