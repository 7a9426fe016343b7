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

    // Of the last waits one in so many may end later than is reckoned with, and one more: p99.99, by steps of a fifth.
    private const int Rare = 10_000, Remembered = 2 * Rare, Steps = 64, StepsPerDoubling = 4;
    private readonly double _most, _least, _stated;
    private readonly double? _idleWatts;
    private readonly uint[] _ended = new uint[Steps];
    private readonly double _step;
    private uint _waits;
    private double _late;
    private int _known = -1;

    /// <param name="options">What was told.</param>
    /// <param name="context">Unit of ticks.</param>
    public WaitRule(OptimalAvailableOptions options, GovernorContext context)
    {
        (_most, _stated) = (context.Ticks(options.MaxWait), context.Ticks(options.WakeTime));
        _idleWatts = options.Watts is null ? null : options.IdleWatts;
        _least = LeastUs * context.TscKHz / 1000;
        _step = Math.Max(_stated, _least);
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
            Count(sample.LateTicks <= _stated ? 0 : Math.Min(Steps - 1, 1 + (int)(StepsPerDoubling * Math.Max(0, Math.Log2(sample.LateTicks / _step)))));
        }
    }

    private void Count(int step)
    {
        _ended[step]++;
        if (++_waits >= Remembered)
        {
            _waits /= 2;
            for (int i = 0; i < Steps; i++)
            {
                _ended[i] /= 2;
            }
        }
        else if (step == 0)
        {
            return;
        }

        int latest = Steps - 1;
        for (uint rest = 1 + (_waits / Rare); latest > 0 && _ended[latest] <= rest; latest--)
        {
            rest -= _ended[latest];
        }

        _late = latest == 0 ? _stated : _step * Math.Pow(2, (double)latest / StepsPerDoubling);
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
