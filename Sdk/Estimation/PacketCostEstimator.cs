namespace PollScale.Polling;

/// <summary>Learns the core cycles a packet costs, poll and transmit included, from how long packets took.</summary>
internal sealed class PacketCostEstimator
{
    private const double Gain = 0.125;
    private const double MaxStep = 2;
    private const double MaxRatioToPrior = 64;
    private const double PollDrift = 1.0 / 1024;
    private const int WindowBursts = 16;
    private readonly int _burstSize;
    private readonly double _min;
    private readonly double _max;
    private double _emptyPollTicks = double.PositiveInfinity;
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
        double ticks = sample.ElapsedTicks - (double)Math.Min(sample.CallTicks, sample.ElapsedTicks);
        bool full = sample.Polls > 0 && sample.FullPolls == sample.Polls;
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
            ObserveUpperBound(sample, ticks, cyclesPerTick);
        }

        _wasFull = full;
    }

    // Below full load the time per packet includes waiting: it bounds the cost from above.
    private void ObserveUpperBound(in QueueSample sample, double ticks, double cyclesPerTick)
    {
        if (sample.Received == 0 && sample.Polls > 0)
        {
            double poll = ticks / sample.Polls;
            _emptyPollTicks = Math.Min(poll, _emptyPollTicks + (_emptyPollTicks * PollDrift));
        }

        if (_windowPState != sample.PState)
        {
            _windowPState = sample.PState;
            _windowTicks = 0;
            _windowPackets = -_burstSize;
        }

        double waiting = double.IsFinite(_emptyPollTicks) ? sample.EmptyPolls * _emptyPollTicks : 0;
        _windowTicks += Math.Max(0, ticks - waiting);
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
