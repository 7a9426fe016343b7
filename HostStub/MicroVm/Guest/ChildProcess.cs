using PollScale.HostStub.Guest.Signals;

namespace PollScale.HostStub.Guest;

/// <summary>
/// A child as vfork makes it: one thread in its parent's memory, with signal actions of its own, while the thread that made it stands
/// still. Its death is its own.
/// </summary>
/// <param name="pid">Its pid, which is its thread's id.</param>
/// <param name="signals">Its actions.</param>
/// <param name="exitSignal">Signal its end sends to the parent, or 0.</param>
internal sealed class ChildProcess(int pid, SignalTable signals, int exitSignal) : ThreadGroup(pid, signals)
{
    private readonly object _gate = new();
    private bool _left;

    /// <summary>Signal its end sends to the parent, or 0.</summary>
    public int ExitSignal => exitSignal;

    /// <summary>How it ended, as wait4 tells: the signal's number, or the exit status &lt;&lt; 8.</summary>
    public int WaitStatus { get; set; }

    /// <summary>Lets its parent go on.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _left = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits until it left, or for so long.</summary>
    /// <returns>True when it left.</returns>
    public bool WaitUntilLeft(TimeSpan timeout)
    {
        lock (_gate)
        {
            return _left || Monitor.Wait(_gate, timeout);
        }
    }
}
