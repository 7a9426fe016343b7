using PollScale.Governors;
using PollScale.Polling;

namespace PollScale;

/// <summary>Several rx queues on one lcore, which may come and go.</summary>
public sealed partial class LcoreScaler
{
    /// <summary>Tells of one poll of one of several queues. The governor sees their sum, and plans with one ring: see <see cref="LcoreScalerOptions.Queues"/>.</summary>
    /// <param name="queue">Queue polled: 0 .. <see cref="LcoreScalerOptions.Queues"/> - 1, or as <see cref="AddQueue"/> numbered it.</param>
    /// <param name="received">Packets the poll returned.</param>
    /// <param name="backlog">Packets still in that queue's ring; negative when the NIC cannot tell: full bursts speak for it then.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such queue.</exception>
    public void ObserveQueue(int queue, int received, int backlog)
    {
        CheckQueue(queue);
        if (_queues is null)
        {
            Observe(received, backlog);
            return;
        }

        _ = received <= 0 ? _counters.CountEmpty() : _counters.CountBusy(received);
        Turn(_queues, queue, received, backlog);
    }

    /// <summary>
    /// Adds an rx queue, as where a device gets another or an lcore takes one over. The governor is made anew, since more queues leave less of a
    /// ring to plan with: it has its costs and rates to learn again, and the fastest P-state is asked for first. Allocates.
    /// </summary>
    /// <returns>The queue's number, the least that is free, 0 .. 15.</returns>
    /// <exception cref="InvalidOperationException">There are 16 queues, this is another thread, or the scaler is disposed.</exception>
    public int AddQueue()
    {
        CheckUsable();
        QueueBacklogs queues = _queues ?? new QueueBacklogs(1, _options.BurstSize, _options.RingSize);
        int queue = queues.Add();
        if (queue < 0)
        {
            throw new InvalidOperationException($"The scaler has {QueueBacklogs.MostQueues} queues, the most of one lcore; give the queue to another lcore.");
        }

        Replan(queues);
        return queue;
    }

    /// <summary>Takes an rx queue out that is polled no more; its packets count no more. The governor is made anew, as by <see cref="AddQueue"/>.</summary>
    /// <param name="queue">Its number; the others keep theirs.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such queue.</exception>
    /// <exception cref="InvalidOperationException">It is the only one, this is another thread, or the scaler is disposed.</exception>
    public void RemoveQueue(int queue)
    {
        CheckUsable();
        CheckQueue(queue);
        if (_queues is null || _queues.Count == 1)
        {
            throw new InvalidOperationException($"Queue {queue} is the scaler's only one; dispose a scaler that polls nothing.");
        }

        _queues.Remove(queue);
        Replan(_queues);
    }

    private void Turn(QueueBacklogs queues, int queue, int received, int backlog)
    {
        int sum = queues.Set(queue, received, backlog);
        if (_counters.Due || sum >= queues.EscalateAt)
        {
            Decide(sum);
        }
    }

    private void Replan(QueueBacklogs queues)
    {
        _options = _options with { Queues = queues.Count };
        GovernorContext context = Context();
        Governor = Govern(context);
        _explained = Governor as IExplainedGovernor;
        _statement = State(context);
        _queues = queues.IsFirstAlone ? null : queues;
        _core.Plan(Guessing, Governor);
        _shadow?.Resize(context.RingSize);
        EscalateFrom(ScalingDecision.Never);
        if (_transport.ControlGranted && LastRequested != _core.Fastest)
        {
            ForceFastest(DecisionCause.Start, Now());
        }
    }

    /// <summary>Whether a queue is polled here.</summary>
    internal bool HasQueue(int queue) => _queues is null ? queue == 0 : _queues.Has(queue);

    private void CheckQueue(int queue)
    {
        if (!HasQueue(queue))
        {
            throw new ArgumentOutOfRangeException(
                nameof(queue), queue, $"The scaler has {Queues} queues and not this one: LcoreScalerOptions.Queues says how many there are at the start, AddQueue adds one.");
        }
    }
}
