using PollScale.Hypercall;
using PollScale.Polling;

namespace PollScale.Governors;

/// <summary>
/// How long a loop whose ring is empty may wait: at most as told, and so that ring and delay bound are kept although nothing is served meanwhile, nor while it wakes up. And
/// at which P-state it works between waits: the one that takes the least energy a packet.
/// </summary>
internal sealed class WaitRule
{
    // A shorter wait is no longer than what leads to it.
    private const double LeastUs = 2;
    private readonly double _most, _least;
    private readonly double? _idleWatts;
    private readonly Lateness _late;
    private int _known = -1;

    /// <param name="options">What was told.</param>
    /// <param name="context">Unit of ticks.</param>
    public WaitRule(OptimalAvailableOptions options, GovernorContext context)
    {
        _most = context.Ticks(options.MaxWait);
        _idleWatts = options.Watts is null ? null : options.IdleWatts;
        _least = LeastUs * context.TscKHz / 1000;
        _late = new Lateness(context.Ticks(options.WakeTime), _least, context.TscKHz);
        Rest = context.PStates.SlowestAllowed;
    }

    /// <summary>Waits may be made at all.</summary>
    public bool IsOn => _most > 0;

    /// <summary>The slowest P-state that is worth working at: with a slower one more would be spent while it works than is saved.</summary>
    public int Rest { get; private set; }

    /// <summary>A wait ended later than was reckoned with.</summary>
    public bool Surprised { get; private set; }

    /// <summary>Takes in a sample with a wait.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="now">When it ended, ticks.</param>
    public void Waited(in QueueSample sample, double now)
    {
        Surprised |= sample.LateTicks > _late.Ticks;
        _late.Waited(now, sample.IdleTicks, sample.LateTicks);
    }

    /// <summary>Takes in time without a wait.</summary>
    /// <param name="ticks">How long, ticks.</param>
    /// <param name="expected">How long its polls and packets should have taken at most, ticks; infinite where nobody knows.</param>
    public void Polled(double ticks, double expected) => _late.Polled(ticks, Math.Max(0, ticks - expected));

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
    /// <param name="now">Now, ticks.</param>
    public ulong Within(double safe, double now)
    {
        double wait = Math.Min(_most, safe - _late.Ticks);
        if (wait < _least && safe - _late.Stated >= _least)
        {
            _late.Refused(now);
        }

        return wait >= _least ? (ulong)wait : 0;
    }
}
