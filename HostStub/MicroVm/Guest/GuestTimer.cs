using PollScale.HostStub.Guest.Signals;

namespace PollScale.HostStub.Guest;

/// <summary>A timer of a guest's process. Its times belong to <see cref="TimerQueue"/>.</summary>
/// <param name="group">Whose it is.</param>
/// <param name="signal">Signal it sends, or 0.</param>
/// <param name="id">timer_create's id; 0 for the process's real-time interval timer, which siginfo does not tell.</param>
internal sealed class GuestTimer(ThreadGroup group, int signal, int id)
{
    private int _missed;

    public ThreadGroup Group => group;

    public int Signal => signal;

    public int Id => id;

    /// <summary>Thread the signal goes to; 0 for the process.</summary>
    public int Tid { get; init; }

    /// <summary>True for one of timer_create.</summary>
    public bool IsPosix { get; init; }

    /// <summary>The clock it counts by.</summary>
    public int Clock { get; init; } = Native.LibC.CLOCK_MONOTONIC;

    /// <summary>sigev_value.</summary>
    public ulong Value { get; init; }

    /// <summary>When it rings, ns of CLOCK_MONOTONIC; 0 when it is not armed.</summary>
    public long DueNs { get; set; }

    /// <summary>From ring to ring, ns; 0 for once.</summary>
    public long IntervalNs { get; set; }

    /// <summary>Rings that no signal told of, because one was still pending when the last signal was taken.</summary>
    public int Overrun { get; private set; }

    /// <summary>The signal that a ring sends.</summary>
    public SignalInfo Info => IsPosix
        ? new SignalInfo(signal, SignalInfo.SI_TIMER, Timer: this, Origin: "of its timer")
        : new SignalInfo(signal, SignalInfo.SI_KERNEL, Origin: "of its alarm");

    /// <summary>Rings without a signal of their own.</summary>
    public void Miss(long rings) => Interlocked.Add(ref _missed, (int)Math.Min(rings, 1 << 20));

    /// <summary>Its signal is taken.</summary>
    public void Taken() => Overrun = Math.Max(0, Interlocked.Exchange(ref _missed, 0));

    /// <summary>Set anew: what was missed is gone.</summary>
    public void Reset() => (Overrun, _missed) = (0, 0);

    /// <summary>Time left at a moment, never 0 while armed.</summary>
    public long LeftNs(long nowNs) => DueNs == 0 ? 0 : Math.Max(1, DueNs - nowNs);
}
