using PollScale.Clock;

namespace PollScale.Polling;

/// <summary>
/// Estimates the ticks that a poll and a packet take as the core runs now, from every sample of whatever frequency, so that
/// <see cref="PollCounters"/> can tell without reading the TSC when a decision period is over.
/// </summary>
/// <remarks>It follows within a few samples and knows no P-states: what a packet costs at another one, governors estimate (<see cref="ServiceCostEstimator"/>).</remarks>
internal struct CreditTuner
{
    private const double Gain = 0.25;
    private readonly double _maxPollTicks;
    private readonly double _maxPacketTicks;
    private double _pollTicks;
    private double _packetTicks;

    public CreditTuner(TscFrequency frequency)
    {
        _maxPollTicks = Math.Max(1, frequency.FromMicroseconds(10));
        _maxPacketTicks = _maxPollTicks;

        // Guesses on the high side: an early decision costs a TSC read, a late one costs packets.
        _pollTicks = Math.Max(1, frequency.FromNanoseconds(100));
        _packetTicks = Math.Max(1, frequency.FromNanoseconds(500));
    }

    /// <summary>Ticks that polls and packets should have taken.</summary>
    public readonly double Expected(ulong polls, ulong packets) => ((long)polls * _pollTicks) + ((long)packets * _packetTicks);

    public void Learn(in QueueSample sample)
    {
        double ticks = sample.PollingTicks;
        if (sample.Received == 0 && sample.Polls > 0)
        {
            _pollTicks += (Math.Min(ticks / sample.Polls, _maxPollTicks) - _pollTicks) * Gain;
        }
        else if (sample.Received > 0)
        {
            double packet = (ticks - (sample.Polls * _pollTicks)) / sample.Received;

            // A share taken mostly by empty polls says little about packets.
            if (packet * sample.Received > ticks / 2)
            {
                _packetTicks += (Math.Min(packet, _maxPacketTicks) - _packetTicks) * Gain;
            }
        }
    }

    public readonly void Apply(ref PollCounters counters) => counters.SetCosts(_pollTicks, _packetTicks);
}
