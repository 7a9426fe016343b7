using PollScale.HostStub.Guest.Signals;
using PollScale.HostStub.Guest.Syscalls;
using PollScale.HostStub.Placement;

namespace PollScale.HostStub.Guest;

/// <summary>
/// alarm(2): one deadline a process, one host thread for all of them, started with the first. It runs on the housekeeping CPU: a timer
/// of the runtime would inherit the lcore's CPU and priority from the vCPU thread that sets it.
/// </summary>
internal sealed class AlarmClock(GuestProcess process) : IDisposable
{
    private const long NsPerSecond = 1_000_000_000, NsPerMs = 1_000_000;

    private readonly object _gate = new();
    private readonly List<ThreadGroup> _armed = [];
    private HostThread? _thread;
    private bool _stopped;

    /// <summary>Sets a process's alarm in place of the one before; 0 s for none.</summary>
    /// <returns>Seconds the one before had left, rounded as Linux does: 0 only when there was none.</returns>
    public long Set(ThreadGroup group, uint seconds)
    {
        lock (_gate)
        {
            long now = HostClock.MonotonicNs;
            long left = !_armed.Remove(group) ? 0 : Math.Max(1, (group.AlarmAt - now + (NsPerSecond / 2)) / NsPerSecond);
            if (seconds > 0 && !_stopped)
            {
                group.AlarmAt = now + (seconds * NsPerSecond);
                _armed.Add(group);
                if (_thread is null)
                {
                    _thread = new HostThread("alarms", Run);
                    _thread.Start();
                }

                Monitor.Pulse(_gate);
            }

            return left;
        }
    }

    /// <summary>No alarm rings any more.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _stopped = true;
            _armed.Clear();
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Waits for the host thread, too.</summary>
    public void Dispose()
    {
        Stop();
        _thread?.Join();
    }

    private void Run()
    {
        try
        {
            ThreadPlacement.Pin(process.Options.HousekeepingCpu);

            // The traffic thread never leaves this CPU; an alarm must ring beside it.
            ThreadPlacement.TrySchedule(process.Options.Scheduling, ThreadPlacement.WatchPriority);
            while (NextDue() is { } due)
            {
                process.FindSignalTaker(due)?.Send(new SignalInfo(SignalInfo.SIGALRM, SignalInfo.SI_KERNEL));
            }
        }
        catch (Exception e)
        {
            process.Fail($"The host failed while it kept the guest's alarms: {e.Message}", e.ToString());
        }
    }

    /// <returns>A process whose alarm rings now; null at the end.</returns>
    private ThreadGroup? NextDue()
    {
        const long LongestWaitMs = 60_000;
        lock (_gate)
        {
            while (!_stopped)
            {
                ThreadGroup? next = _armed.MinBy(g => g.AlarmAt);
                long left = next is null ? long.MaxValue : next.AlarmAt - HostClock.MonotonicNs;
                if (left <= 0)
                {
                    _armed.Remove(next!);
                    return next;
                }

                Monitor.Wait(_gate, (int)Math.Min((left / NsPerMs) + 1, LongestWaitMs));
            }
        }

        return null;
    }
}
