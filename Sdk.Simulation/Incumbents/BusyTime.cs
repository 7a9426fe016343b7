using PollScale.Polling;

namespace PollScale.Simulation.Incumbents;

/// <summary>
/// Tells working from waiting on a core that polls without end and so is always 100 % busy to its kernel: the time that was not spent
/// in empty polls. What an empty poll takes is learned for each P-state from samples that saw no packet.
/// </summary>
internal sealed class BusyTime
{
    private const double PriorPollCycles = 100;
    private const double Drift = 1.0 / 1024;
    private readonly double[] _pollTicks;
    private double _lastPollTicks;
    private double _lastCyclesPerTick = 1;

    /// <param name="pStates">Number of P-states.</param>
    public BusyTime(int pStates) => _pollTicks = new double[pStates];

    /// <summary>Ticks of the sample in which the core worked on packets; calls to the host are none.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="pState">P-state of the sample, a valid index.</param>
    /// <param name="cyclesPerTick">Core cycles per tick there.</param>
    public double Observe(in QueueSample sample, int pState, double cyclesPerTick)
    {
        double ticks = sample.ElapsedTicks - (double)Math.Min(sample.CallTicks, sample.ElapsedTicks);
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
            : PriorPollCycles / cyclesPerTick;
    }
}
