using System.Runtime.CompilerServices;
using PollScale.Governors;

namespace PollScale;

/// <summary>Waits where polls find nothing.</summary>
public sealed partial class LcoreScaler
{
    private ulong _decidedPolls;
    private ulong _idledTicks;

    // Polls after a wait at each of which a decision is due still: only once each queue was polled is it known what came.
    private int _owed;
    private bool _decidedEmpty;

    /// <summary>Time for which <see cref="Idle()"/> has waited in all.</summary>
    public TimeSpan Idled => TimeSpan.FromTicks((long)(_frequency.ToNanoseconds(_idledTicks) / TimeSpan.NanosecondsPerTick));

    /// <summary>Times that <see cref="Idle()"/> has waited.</summary>
    public ulong Waits { get; private set; }

    /// <summary>
    /// For a loop whose last poll of each queue has found nothing, and has been told of: waits, for at most the time that the governor was given (<see cref="OptimalAvailableOptions.MaxWait"/>), and so that
    /// its bounds on loss and delay are kept all the same. Poll right after it, and tell of that poll. It returns at once where nobody may wait: the governor never does by
    /// default, nor while a change of the P-state is under way, the host refuses, or packets of one of several queues still wait.
    /// </summary>
    /// <returns>True when it waited.</returns>
    /// <exception cref="InvalidOperationException">It might have waited, and this is another thread.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Idle() => _core.MayWait > 0 && Wait(in Unsafe.NullRef<uint>(), 0);

    /// <summary>
    /// <see cref="Idle()"/>, which ends too when a word changes that whoever brings packets writes: the tail of a ring in memory, or the status of its next descriptor. <see cref="WaitMechanism.Tpause"/> and
    /// <see cref="WaitMechanism.Pause"/> watch it; others do not, and none waits where it has changed already.
    /// </summary>
    /// <param name="word">The word, at a multiple of 4 in memory that is cached: no device's registers.</param>
    /// <param name="seen">What the word held when the last poll found nothing.</param>
    /// <returns>True when it waited.</returns>
    /// <exception cref="InvalidOperationException">It might have waited, and this is another thread.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Idle(ref readonly uint word, uint seen) => _core.MayWait > 0 && Wait(in word, seen);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Wait(ref readonly uint word, uint seen)
    {
        CheckThread();
        if (_shadow is not null || _disposed || _queues is { Sum: > 0 } || (!Unsafe.IsNullRef(in word) && Volatile.Read(in word) != seen))
        {
            return false;
        }

        // A decision that is older than the last poll does not count.
        if (_counters.Polls != _decidedPolls || !_decidedEmpty)
        {
            Decide(0);
        }

        ulong ticks = _core.MayWait;
        if (ticks == 0)
        {
            return false;
        }

        ulong before = Now();
        if (_options.Wait is null)
        {
            _wait.Wait(before, ticks, in word, seen);
        }
        else
        {
            _options.Wait(ticks);
        }

        ulong after = Now();
        _core.Waited(ticks, before, after);
        _idledTicks += after > before ? after - before : 0;
        Waits++;
        _options.WakeTimes?.Record(after - before > ticks && after > before ? after - before - ticks : 0);
        _owed = Queues - 1;
        _counters.Renew(1);
        return true;
    }
}
