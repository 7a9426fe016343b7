using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using PollScale.Clock;
using PollScale.Governors;

namespace PollScale;

/// <summary>Waits where polls find nothing.</summary>
public sealed partial class LcoreScaler
{
    private ulong _decidedPolls;
    private ulong _idledTicks;

    // Polls after a wait at each of which a decision is due still: only once each queue was polled is it known what came.
    private int _owed;
    private bool _decidedEmpty, _isPunctual;

    /// <summary>Time for which <see cref="Idle"/> has waited in all.</summary>
    public TimeSpan Idled => TimeSpan.FromTicks((long)(_frequency.ToNanoseconds(_idledTicks) / TimeSpan.NanosecondsPerTick));

    /// <summary>Times that <see cref="Idle"/> has waited.</summary>
    public ulong Waits { get; private set; }

    /// <summary>
    /// For a loop whose last poll of each queue has found nothing, and has been told of: waits, for at most the time that the governor was given (<see cref="OptimalAvailableOptions.MaxWait"/>), and so that
    /// its bounds on loss and delay are kept all the same. Poll right after it, and tell of that poll. It returns at once where nobody may wait: the governor never does by
    /// default, nor while a change of the P-state is under way, the host refuses, or packets of one of several queues still wait.
    /// </summary>
    /// <returns>True when it waited.</returns>
    /// <exception cref="InvalidOperationException">It might have waited, and this is another thread.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Idle() => _core.MayWait > 0 && Wait();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Wait()
    {
        CheckThread();
        if (_shadow is not null || _disposed || _queues is { Sum: > 0 })
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
        Wait(before, ticks);
        ulong after = Now();
        _core.Waited(ticks, before, after);
        _idledTicks += after > before ? after - before : 0;
        Waits++;
        _options.WakeTimes?.Record(after - before > ticks && after > before ? after - before - ticks : 0);
        _owed = Queues - 1;
        _counters.Renew(1);
        return true;
    }

    private void Wait(ulong before, ulong ticks)
    {
        if (_options.Wait is not null)
        {
            _options.Wait(ticks);
        }
        else if (_options.WaitBy == WaitMechanism.Sleep)
        {
            if (!_isPunctual)
            {
                ThreadSleep.TakeNoSlack();
                _isPunctual = true;
            }

            ThreadSleep.For((long)_frequency.ToNanoseconds(ticks));
        }
        else
        {
            while (Now() - before < ticks)
            {
                X86Base.Pause();
            }
        }
    }
}
