using PollScale.Governors;
using PollScale.Hypercall;
using PollScale.Polling;

namespace PollScale.Simulation.Incumbents;

/// <summary>Load over a sampling period: the share of its time in which the core worked on packets.</summary>
internal sealed class LoadWindow
{
    private readonly PStateTable _pStates;
    private readonly BusyTime _busyTime;
    private readonly double _tscKHz;
    private readonly double _periodTicks;
    private double _busy;
    private double _elapsed;

    /// <summary>Makes a window.</summary>
    /// <param name="context">What its governor is made for.</param>
    /// <param name="period">The sampling period, above 0.</param>
    public LoadWindow(GovernorContext context, TimeSpan period)
    {
        _pStates = context.PStates;
        _tscKHz = context.TscKHz;
        _periodTicks = period.TotalMilliseconds * _tscKHz;
        _busyTime = new BusyTime(_pStates.Count);
    }

    /// <summary>Load of the time that ended last, in percent.</summary>
    public double Load { get; private set; }

    /// <summary>Takes in a sample.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="periods">Sampling periods that the load is taken over, 1 or more.</param>
    /// <returns>True when so many are over.</returns>
    public bool Observe(in QueueSample sample, int periods = 1)
    {
        int granted = Math.Clamp(sample.PState, 0, _pStates.Count - 1);
        _busy += _busyTime.Observe(sample, granted, _pStates[granted] / _tscKHz);
        _elapsed += sample.ElapsedTicks;
        if (_elapsed <= 0 || _elapsed < _periodTicks * periods)
        {
            return false;
        }

        Load = 100 * _busy / _elapsed;
        _busy = 0;
        _elapsed = 0;
        return true;
    }
}
