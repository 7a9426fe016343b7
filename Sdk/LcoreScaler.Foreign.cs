using PollScale.Polling;

namespace PollScale;

/// <summary>A poll loop in another language, which counts its polls itself, in memory of its own that is laid out like <see cref="PollCounters"/>.</summary>
public sealed partial class LcoreScaler
{
    /// <summary>Counts as they are, for memory that a loop begins with.</summary>
    internal PollCounters CountersNow => _counters with { QuietQueues = QuietQueues };

    /// <summary>Turns after a poll of the only queue that is counted already, as <see cref="Observe"/> does where a decision is due.</summary>
    /// <param name="counted">The loop's counts; what changes for the next polls is written back.</param>
    /// <param name="received">Packets the poll returned.</param>
    /// <param name="backlog">Packets still in the ring; negative when unknown.</param>
    internal void Turn(ref PollCounters counted, int received, int backlog)
    {
        _counters = counted;
        try
        {
            Turn(received, backlog);
        }
        finally
        {
            counted = _counters;
        }
    }

    /// <summary>Counts a poll of one of several queues, as <see cref="ObserveQueue(int, int, int)"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such queue.</exception>
    internal void ObserveQueue(ref PollCounters counted, int queue, int received, int backlog)
    {
        _counters = counted;
        try
        {
            ObserveQueue(queue, received, backlog);
        }
        finally
        {
            _counters.QuietQueues = QuietQueues;
            counted = _counters;
        }
    }

    /// <summary>Waits, as <see cref="Idle(ref readonly uint, uint)"/>; as <see cref="Idle()"/> where the word is a null reference.</summary>
    internal bool IdleOf(ref PollCounters counted, ref readonly uint word, uint seen)
    {
        if (_core.MayWait == 0)
        {
            return false;
        }

        _counters = counted;
        try
        {
            return Wait(in word, seen);
        }
        finally
        {
            _counters.QuietQueues = QuietQueues;
            counted = _counters;
        }
    }

    /// <summary>Adds or removes a queue, as <see cref="AddQueue"/> and <see cref="RemoveQueue"/>.</summary>
    /// <returns>The queue's number.</returns>
    internal int ChangeQueues(ref PollCounters counted, int removed)
    {
        _counters = counted;
        try
        {
            if (removed < 0)
            {
                return AddQueue();
            }

            RemoveQueue(removed);
            return removed;
        }
        finally
        {
            _counters.QuietQueues = QuietQueues;
            counted = _counters;
        }
    }

    // An only queue has no sum that it could change.
    private uint QuietQueues => _queues?.Quiet ?? 1;
}
