namespace PollScale.Polling;

/// <summary>
/// Estimates the core cycles that a packet costs, poll and transmit included, at any frequency alike: from the time of unbroken full
/// bursts, and below full load from <see cref="BusyTime"/>, which bounds it from above.
/// </summary>
/// <remarks>
/// One number, for a governor that reads as the field's rule does (<c>DrainTimeGovernor</c>). <see cref="ServiceCostEstimator"/> tells cycles
/// from memory time and polls from packets, and how much of that is certain, and so needs full bursts no more.
/// </remarks>
internal sealed class PacketCostEstimator
{
    private const double Gain = 0.125;
    private const double MaxStep = 2;
    private const double MaxRatioToPrior = 64;
    private const int WindowBursts = 16;
    private readonly int _burstSize;
    private readonly double _min;
    private readonly double _max;

    // One time of empty polls for all P-states, the fastest one's: the rest of a slower one's counts as work, and the bound stays one.
    private readonly BusyTime _busyTime = new(pStates: 1, priorPollCycles: 0);
    private double _windowTicks;
    private double _windowPackets;
    private int _windowPState = -1;
    private bool _wasFull;

    public PacketCostEstimator(int burstSize, double prior)
    {
        _burstSize = burstSize;
        CyclesPerPacket = prior;
        _min = prior / MaxRatioToPrior;
        _max = prior * MaxRatioToPrior;
    }

    public double CyclesPerPacket { get; private set; }

    public void Observe(in QueueSample sample, double cyclesPerTick)
    {
        double ticks = sample.PollingTicks;
        bool full = sample.AllFull;
        if (!sample.Settled || ticks <= 0)
        {
            _windowPState = -1;
            _wasFull = false;
            return;
        }

        if (full && _wasFull)
        {
            // The burst before this sample was worked off in it, the last burst was not: equal when both are full.
            Blend(ticks / sample.Received * cyclesPerTick);
        }
        else
        {
            ObserveUpperBound(sample, cyclesPerTick);
        }

        _wasFull = full;
    }

    // Below full load the time per packet includes waiting: it bounds the cost from above.
    private void ObserveUpperBound(in QueueSample sample, double cyclesPerTick)
    {
        if (_windowPState != sample.PState)
        {
            _windowPState = sample.PState;
            _windowTicks = 0;
            _windowPackets = -_burstSize;
        }

        _windowTicks += _busyTime.Observe(sample, 0, cyclesPerTick);
        _windowPackets += sample.Received;
        if (_windowPackets >= WindowBursts * _burstSize)
        {
            double bound = _windowTicks / _windowPackets * cyclesPerTick;
            if (bound < CyclesPerPacket)
            {
                Blend(bound);
            }

            _windowPState = -1;
        }
    }

    private void Blend(double cycles)
    {
        cycles = Math.Clamp(cycles, CyclesPerPacket / MaxStep, CyclesPerPacket * MaxStep);
        CyclesPerPacket = Math.Clamp(CyclesPerPacket + ((cycles - CyclesPerPacket) * Gain), _min, _max);
    }
}
