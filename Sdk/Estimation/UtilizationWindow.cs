using PollScale.Polling;

namespace PollScale.Governors;

/// <summary>Load over a sampling period: the share of its time in which the core worked on packets.</summary>
internal sealed class UtilizationWindow
{
    private readonly BusyTime _busyTime;
    private double _busy;
    private double _elapsed;

    public UtilizationWindow(int pStates) => _busyTime = new BusyTime(pStates);

    /// <summary>Load of the period that ended last, in percent.</summary>
    public double Load { get; private set; }

    /// <summary>Takes in a sample.</summary>
    /// <returns>True when a period of at least <paramref name="periodTicks"/> is over.</returns>
    public bool Observe(in QueueSample sample, int pState, double cyclesPerTick, double periodTicks)
    {
        _busy += _busyTime.Observe(sample, pState, cyclesPerTick);
        _elapsed += sample.ElapsedTicks;
        if (_elapsed <= 0 || _elapsed < periodTicks)
        {
            return false;
        }

        Load = 100 * _busy / _elapsed;
        _busy = 0;
        _elapsed = 0;
        return true;
    }
}
