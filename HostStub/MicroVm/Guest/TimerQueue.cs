using PollScale.HostStub.Guest.Syscalls;
using PollScale.Placement;

namespace PollScale.HostStub.Guest;

/// <summary>
/// Every timer of the guest, on one host thread that starts with the first. It runs on the housekeeping CPU: a timer of the runtime would
/// inherit the lcore's CPU and priority from the vCPU thread that sets it.
/// </summary>
/// <param name="prepare">Called first on the host thread.</param>
/// <param name="ring">A timer rings.</param>
/// <param name="fail">The host thread failed; it rings no more.</param>
internal sealed class TimerQueue(Action prepare, Action<GuestTimer> ring, Action<Exception> fail) : IDisposable
{
    // A guest may ask for a ring every ns; those in between are counted as overruns.
    private const long ShortestNs = 100_000, LongestWaitNs = 60_000_000_000;

    private readonly Lock _lock = new();
    private readonly List<GuestTimer> _armed = [];
    private readonly WaitBell _bell = new();
    private HostThread? _thread;
    private bool _stopped;

    /// <summary>Sets a timer in place of what it was set to.</summary>
    /// <param name="timer">The timer.</param>
    /// <param name="dueNs">First ring, ns of CLOCK_MONOTONIC; 0 disarms.</param>
    /// <param name="intervalNs">From ring to ring; 0 for one.</param>
    /// <returns>What was left before, ns, 0 only when it was not armed; and its interval.</returns>
    public (long LeftNs, long IntervalNs) Set(GuestTimer timer, long dueNs, long intervalNs)
    {
        lock (_lock)
        {
            (long, long) before = (timer.LeftNs(HostClock.MonotonicNs), timer.IntervalNs);
            _armed.Remove(timer);
            (timer.DueNs, timer.IntervalNs) = (0, intervalNs);
            timer.Reset();
            if (dueNs > 0 && !_stopped)
            {
                timer.DueNs = dueNs;
                _armed.Add(timer);
                if (_thread is null)
                {
                    _thread = new HostThread("guest timers", Run, fail);
                    _thread.Start();
                }

                _bell.Ring();
            }

            return before;
        }
    }

    /// <summary>What is left of a timer, and its interval.</summary>
    public (long LeftNs, long IntervalNs) Get(GuestTimer timer)
    {
        lock (_lock)
        {
            return (timer.LeftNs(HostClock.MonotonicNs), timer.IntervalNs);
        }
    }

    /// <summary>Disarms every timer of a process.</summary>
    public void Forget(ThreadGroup group)
    {
        lock (_lock)
        {
            _armed.RemoveAll(timer => timer.Group == group);
        }
    }

    /// <summary>No timer rings any more.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _stopped = true;
            _armed.Clear();
            _bell.Ring();
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
        prepare();
        while (NextDue() is { } due)
        {
            ring(due);
        }
    }

    /// <returns>A timer that rings now; null at the end.</returns>
    private GuestTimer? NextDue()
    {
        while (true)
        {
            uint seen = _bell.Count;
            long left;
            lock (_lock)
            {
                if (_stopped)
                {
                    return null;
                }

                long now = HostClock.MonotonicNs;
                GuestTimer? next = _armed.MinBy(t => t.DueNs);
                left = next is null ? LongestWaitNs : next.DueNs - now;
                if (left <= 0)
                {
                    Rearm(next!, now);
                    return next;
                }
            }

            _bell.Wait(seen, Math.Min(left, LongestWaitNs));
        }
    }

    private void Rearm(GuestTimer timer, long now)
    {
        if (timer.IntervalNs == 0)
        {
            timer.DueNs = 0;
            _armed.Remove(timer);
            return;
        }

        long rings = Math.Max(1, (now - timer.DueNs + ShortestNs) / timer.IntervalNs);
        timer.DueNs = timer.IntervalNs > long.MaxValue - timer.DueNs ? long.MaxValue : timer.DueNs + (rings * timer.IntervalNs);
        timer.Miss(rings - 1);
    }
}
