namespace PollScale.Polling;

/// <summary>
/// Estimates the time of work on a core that polls without end and so is always 100 % busy to its kernel: what was not spent in empty
/// polls. What one of those takes is learned for each P-state from samples that saw no packet.
/// </summary>
internal sealed class BusyTime
{
    private const double Drift = 1.0 / 1024;
    private readonly double _priorPollCycles;
    private readonly double[] _pollTicks;
    private double _lastPollTicks;
    private double _lastCyclesPerTick = 1;

    /// <param name="pStates">Number of P-states.</param>
    /// <param name="priorPollCycles">Core cycles of an empty poll, until one was seen; 0 takes all time for work until then.</param>
    public BusyTime(int pStates, double priorPollCycles = 100)
    {
        _pollTicks = new double[pStates];
        _priorPollCycles = priorPollCycles;
    }

    /// <summary>Ticks of the sample in which the core worked on packets; calls to the host are no work.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="pState">P-state of the sample, a valid index.</param>
    /// <param name="cyclesPerTick">Core cycles per tick there.</param>
    public double Observe(in QueueSample sample, int pState, double cyclesPerTick)
    {
        double ticks = sample.PollingTicks;
        uint empty = Math.Min(sample.EmptyPolls, sample.Polls);
        if (sample.Settled && sample.Received == 0 && empty > 0 && empty == sample.Polls && ticks > 0)
        {
            // The shortest of late: a sample may begin with the work on the burst before it.
            double poll = ticks / empty;
            double known = _pollTicks[pState];
            _pollTicks[pState] = known == 0 ? poll : Math.Min(poll, known * (1 + Drift));
            _lastPollTicks = _pollTicks[pState];
            _lastCyclesPerTick = cyclesPerTick;
        }

        return Math.Max(0, ticks - (empty * PollTicks(pState, cyclesPerTick)));
    }

    // At a P-state not seen idle, the least that another one suggests: an error shows as load, and so as speed.
    private double PollTicks(int pState, double cyclesPerTick)
    {
        if (_pollTicks[pState] > 0)
        {
            return _pollTicks[pState];
        }

        return _lastPollTicks > 0
            ? _lastPollTicks * Math.Min(1, _lastCyclesPerTick / cyclesPerTick)
            : _priorPollCycles / cyclesPerTick;
    }
}
