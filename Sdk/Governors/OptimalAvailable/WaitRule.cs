using PollScale.Hypercall;
using PollScale.Polling;

namespace PollScale.Governors;

/// <summary>
/// How long a loop whose ring is empty may wait: at most as told, and so that ring and delay bound are kept although nothing is served meanwhile, nor while it wakes up. And
/// at which P-state it works between waits: the one that takes the least energy a packet.
/// </summary>
internal sealed class WaitRule
{
    // A shorter wait is no longer than what leads to it. Waits end late by what the machine does, and that changes: the latest of the last while counts.
    private const double LeastUs = 2, RememberedMs = 10_000;
    private readonly double _most, _least, _stated;
    private readonly double? _idleWatts;
    private readonly PeakHold _latest;
    private double _late;
    private int _known = -1;

    /// <param name="options">What was told.</param>
    /// <param name="context">Unit of ticks.</param>
    public WaitRule(OptimalAvailableOptions options, GovernorContext context)
    {
        (_most, _stated) = (context.Ticks(options.MaxWait), context.Ticks(options.WakeTime));
        _idleWatts = options.Watts is null ? null : options.IdleWatts;
        _least = LeastUs * context.TscKHz / 1000;
        _latest = new PeakHold(RememberedMs * context.TscKHz);
        (_late, Rest) = (_stated, context.PStates.SlowestAllowed);
    }

    /// <summary>Waits may be made at all.</summary>
    public bool IsOn => _most > 0;

    /// <summary>The slowest P-state that is worth working at: with a slower one more would be spent while it works than is saved.</summary>
    public int Rest { get; private set; }

    /// <summary>A wait ended later than was reckoned with.</summary>
    public bool Surprised { get; private set; }

    /// <summary>Takes in how late a wait ended.</summary>
    public void Observe(in QueueSample sample)
    {
        if (sample.IdleTicks > 0)
        {
            Surprised |= sample.LateTicks > _late;
            _late = Math.Max(_stated, _latest.Add(sample.ElapsedTicks, sample.LateTicks));
        }
    }

    /// <summary>Looks again where to rest, as costs are learned.</summary>
    public void Plan(ServiceRates service, PStateTable pStates, IReadOnlyList<double>? watts)
    {
        if (!IsOn || _idleWatts is not { } idle || _known == service.Version)
        {
            return;
        }

        _known = service.Version;
        Rest = pStates.SlowestAllowed;
        for (int i = Rest - 1; i >= pStates.FastestAllowed; i--)
        {
            Rest = (watts![i] - idle) / service[i] < (watts[Rest] - idle) / service[Rest] ? i : Rest;
        }
    }

    /// <summary>The wait.</summary>
    /// <param name="safe">For how long nothing need be served.</param>
    public ulong Within(double safe)
    {
        double wait = Math.Min(_most, safe - _late);
        return wait >= _least ? (ulong)wait : 0;
    }
}
