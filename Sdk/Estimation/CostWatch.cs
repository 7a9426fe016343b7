namespace PollScale.Polling;

/// <summary>
/// Looks for what a bound on loss and delay does not cover: packets that take longer than the slowest speed that is possible explains, and times
/// in which the core does nothing. Neither needs to know the speed.
/// </summary>
internal sealed class CostWatch
{
    private const double MemoryMs = 2000;
    private const double MostRatio = 3;
    private const double Tolerance = 1.1;
    private const double LeastWork = 0.3;
    private const double Packets = 64, FullPackets = 128;
    private const double LeastAwayMs = 0.06;
    private readonly PeakHold _taken;
    private readonly double _leastAway;
    private double _packets;
    private double _took;
    private double _certain;
    private double _fullPackets;
    private double _fullCycles;

    /// <param name="tscKHz">TSC frequency.</param>
    public CostWatch(double tscKHz)
    {
        _taken = new PeakHold(MemoryMs * tscKHz);
        _leastAway = LeastAwayMs * tscKHz;
    }

    /// <summary>Packets were seen to cost more than was certain, or the core was taken away.</summary>
    public bool Surprised { get; private set; }

    /// <summary>Longest time in ticks for which the core was taken away, of the last two seconds.</summary>
    public double Taken { get; private set; }

    /// <summary>Fewest packets a cycle of full bursts ever, if all of the time was the slowest speed possible; infinite while none were seen.</summary>
    public double LeastPerCycle { get; private set; } = double.PositiveInfinity;

    /// <summary>Whether empty polls say nothing: the core was there all the time, as it was before.</summary>
    /// <param name="ticks">Ticks that they took.</param>
    /// <param name="polls">Ticks that they should have taken.</param>
    public bool IsQuiet(double ticks, double polls) => Taken == 0 && !IsAway(ticks, polls, idle: true);

    /// <summary>Takes in a sample.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="ticks">Ticks that it took, without calls and stalls.</param>
    /// <param name="ticksPerCycle">Ticks of a cycle at the slowest speed possible.</param>
    /// <param name="polls">Ticks that its polls should have taken then.</param>
    /// <param name="packets">Ticks that its packets should have taken then.</param>
    /// <param name="certain">Factor on the latter that is certain to do; infinite while costs are not known.</param>
    /// <returns>False where the core was taken away.</returns>
    public bool Observe(in QueueSample sample, double ticks, double ticksPerCycle, double polls, double packets, double certain)
    {
        // A sample of empty polls says next to nothing of packets.
        bool works = packets > LeastWork * (polls + packets), away = IsAway(ticks, polls + (packets * certain), !works);
        Surprised |= away;
        Taken = away || Taken > 0 ? _taken.Add(sample.ElapsedTicks, away ? ticks - polls - packets : 0) : 0;
        if (away)
        {
            return false;
        }

        if (sample.FullPolls == sample.Polls)
        {
            _fullPackets += sample.Received;
            _fullCycles += ticks / ticksPerCycle;
            if (_fullPackets >= FullPackets)
            {
                LeastPerCycle = Math.Min(LeastPerCycle, _fullPackets / _fullCycles);
                (_fullPackets, _fullCycles) = (0, 0);
            }
        }

        if (works)
        {
            _packets += sample.Received;
            _took += ticks - polls;
            _certain += packets * certain;
            if (_packets >= Packets)
            {
                Surprised |= _took > Tolerance * _certain;
                (_packets, _took, _certain) = (0, 0, 0);
            }
        }

        return true;
    }

    // A long sample of empty polls hides an absence that a short one would be a fraction of; in one of packets it may be what they cost.
    private bool IsAway(double ticks, double certain, bool idle) => ticks > MostRatio * certain || (idle && ticks - (Tolerance * certain) > _leastAway);
}
