namespace PollScale.Polling;

/// <summary>Learns what polls and packets cost at every frequency from samples taken at some.</summary>
internal sealed class ServiceCostEstimator
{
    private const int MinPolls = 8;
    private const int MinPackets = 8;
    private const double TrustedWeight = 32;
    private const double MostRatio = 8;
    private const int MostOutliers = 64;
    private readonly int _burstSize;
    private LinearCost _poll;
    private LinearCost _packet;
    private int _outliers;

    /// <param name="burstSize">Most packets a poll returns.</param>
    /// <param name="cyclesPerPacket">Cycles of a packet, until learned.</param>
    /// <param name="typicalTicksPerCycle">Ticks of a cycle at a middle frequency.</param>
    public ServiceCostEstimator(int burstSize, double cyclesPerPacket, double typicalTicksPerCycle)
    {
        const double PollShare = 0.1, MemoryShare = 0.1;
        _burstSize = burstSize;
        _packet = new LinearCost(cyclesPerPacket * (1 - MemoryShare), cyclesPerPacket * MemoryShare * typicalTicksPerCycle, typicalTicksPerCycle);
        _poll = new LinearCost(cyclesPerPacket * PollShare, cyclesPerPacket * PollShare * MemoryShare * typicalTicksPerCycle, typicalTicksPerCycle);
    }

    /// <summary>Costs are known well enough to tell two frequencies apart by them.</summary>
    public bool Trusted => _poll.Weight + _packet.Weight >= TrustedWeight;

    /// <summary>Ticks that polls and packets should have taken.</summary>
    public double Expected(in QueueSample sample, double ticksPerCycle) =>
        (sample.Polls * _poll.At(ticksPerCycle)) + (sample.Received * _packet.At(ticksPerCycle));

    /// <summary>Packets per tick that full bursts reach.</summary>
    public double ServiceRate(double ticksPerCycle) =>
        _burstSize / (_poll.At(ticksPerCycle) + (_burstSize * _packet.At(ticksPerCycle)));

    /// <summary>Takes in a sample whose frequency is certain.</summary>
    public void Observe(in QueueSample sample, double ticksPerCycle)
    {
        double ticks = sample.ElapsedTicks - (double)Math.Min(sample.CallTicks, sample.ElapsedTicks);
        if (ticks <= 0 || sample.Polls == 0)
        {
            return;
        }

        // The core did something else meanwhile, or the host did; only what goes on is a new cost.
        bool outlier = Trusted && ticks > MostRatio * Expected(sample, ticksPerCycle);
        _outliers = outlier ? _outliers + 1 : 0;
        if (outlier && _outliers <= MostOutliers)
        {
            return;
        }

        if (sample.Received == 0)
        {
            if (sample.Polls >= MinPolls)
            {
                _poll.Observe(ticksPerCycle, ticks / sample.Polls);
            }
        }
        else if (sample.Received >= MinPackets)
        {
            Share(sample, ticksPerCycle, ticks);
        }
    }

    // What polls and packets took together tells of each as much as its share of it: the error of the other's part is the less, the
    // smaller that part is. The mix of polls and packets varies, so that both find their place.
    private void Share(in QueueSample sample, double ticksPerCycle, double ticks)
    {
        double polls = sample.Polls * _poll.At(ticksPerCycle), packets = sample.Received * _packet.At(ticksPerCycle);
        double share = packets / (polls + packets);
        if (!(share is > 0 and < 1))
        {
            return;
        }

        if (ticks > polls)
        {
            _packet.Observe(ticksPerCycle, (ticks - polls) / sample.Received, share * share);
        }

        if (ticks > packets && sample.Polls >= MinPolls)
        {
            _poll.Observe(ticksPerCycle, (ticks - packets) / sample.Polls, (1 - share) * (1 - share));
        }
    }
}
