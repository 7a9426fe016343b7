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

    /// <summary>Signals sent to it as a whole.</summary>
    public PendingSignals Pending { get; } = new();

    /// <summary>What alarm and setitimer(ITIMER_REAL) set.</summary>
    public GuestTimer RealTimer => field ??= new GuestTimer(this, SignalInfo.SIGALRM, id: 0);

    /// <summary>What timer_create made.</summary>
    public PosixTimers Timers { get; } = new();
}
