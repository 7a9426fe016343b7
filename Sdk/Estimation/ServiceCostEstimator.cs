namespace PollScale.Polling;

/// <summary>
/// Estimates what polls and packets cost at every frequency, and how certain that is, from settled samples taken at some. Each costs
/// cycles, which shrink with the frequency, and time that does not (waiting for memory, for the device).
/// </summary>
internal sealed class ServiceCostEstimator
{
    private const double PollShare = 0.1, MemoryShare = 0.1;
    private const int TrustedSamples = 32;
    private const int EagerRows = 64;
    private const int SolvePeriod = 8;
    private const double HasteToSolve = 2;
    private const double MostRatio = 8;
    private const double MostStep = 4;
    private const double MostResidual = 0.5;
    private const int MostOutliers = 64;
    private const double NoiseGain = 1.0 / 128;
    // Samples that are taken in together err together in part: where costs are not quite linear, rather than by chance.
    private const int MostIndependent = 4;
    private const double BiasGain = 1.0 / 32;
    private const double MostHaste = 16;
    private const double FirstNoise = 0.02;
    private const double LeastNoise = 0.003;
    private const double Deviations = 3;
    private const double LeastWork = 0.3, KnownShare = 0.03, MostTaken = 0.5;
    private readonly int _burstSize;
    private readonly double _typical;
    private readonly CostSpread _spread;
    private readonly CostWatch _watch;
    private CostRegression _costs;
    private (double Constant, double Linear, double Square) _uncertainty;
    private double _variance = FirstNoise * FirstNoise;
    private double _bias;
    private double _doubted;
    private int _samples;
    private int _rows;
    private (double At, int Version) _certainFor;
    private double _certain;
    private int _outliers;
    private bool _known;
    private double _seen;

    /// <param name="burstSize">Most packets a poll returns.</param>
    /// <param name="cyclesPerPacket">Cycles of a packet, until learned.</param>
    /// <param name="typicalTicksPerCycle">Ticks of a cycle at a middle frequency.</param>
    /// <param name="tscKHz">TSC frequency.</param>
    public ServiceCostEstimator(int burstSize, double cyclesPerPacket, double typicalTicksPerCycle, double tscKHz)
    {
        _typical = typicalTicksPerCycle;
        _spread = new CostSpread(tscKHz);
        _watch = new CostWatch(tscKHz);
        _burstSize = burstSize;
        _seen = typicalTicksPerCycle;
        double memory = cyclesPerPacket * MemoryShare * typicalTicksPerCycle;
        _costs = new CostRegression(cyclesPerPacket * PollShare, memory * PollShare, cyclesPerPacket * (1 - MemoryShare), memory);
        Solve();
    }

    /// <summary>Costs are known well enough to tell two frequencies apart by them.</summary>
    public bool Trusted => _samples >= TrustedSamples;

    /// <summary>How much dearer than now packets were of late, and so may be any time; 1 or more.</summary>
    public double Spread { get; private set; } = 1;

    /// <summary>
    /// Longest time in ticks for which the core was taken away of late, to plan with where packets may wait for a bound; 0 where it leaves no time to keep that: the
    /// promise is withdrawn by then, and no speed brings it back.
    /// </summary>
    public double TakenWithin(double bound) => _watch.Taken <= bound * MostTaken ? _watch.Taken : 0;

    /// <summary>Packets were seen to cost more than <see cref="Rates"/> counts with, or the core was taken away.</summary>
    public bool Surprised => _watch.Surprised;

    /// <summary>Ticks that polls and packets should have taken.</summary>
    public double Expected(in QueueSample sample, double ticksPerCycle) =>
        (sample.Polls * At(0, ticksPerCycle)) + (sample.Received * At(2, ticksPerCycle));

    /// <summary>Ticks of a poll.</summary>
    public double PollTicks(double ticksPerCycle) => At(0, ticksPerCycle);

    /// <summary>Ticks of a packet.</summary>
    public double PacketTicks(double ticksPerCycle) => At(2, ticksPerCycle);

    /// <summary>Packets per tick that full bursts reach.</summary>
    public double ServiceRate(double ticksPerCycle) => 1 / Cost(ticksPerCycle);

    /// <summary>Raised whenever what follows from the costs may have changed.</summary>
    public int Version { get; private set; } = 1;

    /// <summary>
    /// Packets per tick that full bursts reach; that they reach at least, by three standard errors, which one may rely on where little was seen: a slower core takes at most as many
    /// times longer as it is slower, and a faster one no longer, and packets may be as dear as they were of late; and that they reach at most, by three standard errors, infinite where next to nothing was seen.
    /// </summary>
    public (double Rate, double Safe, double Possible) Rates(double ticksPerCycle)
    {
        double cost = Cost(ticksPerCycle), doubt = Doubt(ticksPerCycle);
        return (1 / cost, 1 / (SafeCostNow(ticksPerCycle) * Spread), 1 / Math.Max(0, cost - doubt));
    }

    /// <summary>A sample took so much longer than expected that the core, or the host, did something else meanwhile.</summary>
    public bool IsOutlier(double ticks, double expected) => Trusted && ticks > MostRatio * expected;

    /// <summary>
    /// Packets per tick that the slowest full bursts ever would have reached at the fastest frequency, at most: what was seen may have been at any speed, and a core is no
    /// more times faster than its clock. Infinite while none were seen.
    /// </summary>
    public double LeastSeenRate(double ticksPerCycle) => _watch.LeastPerCycle / ticksPerCycle;

    /// <summary>Takes in a sample whose frequency is certain.</summary>
    public void Observe(in QueueSample sample, double ticksPerCycle) => ObserveAll(new CostBatch(sample), ticksPerCycle);

    /// <summary>Takes in samples whose frequency is certain: as many single ones, but their noise evens out.</summary>
    public void ObserveAll(in CostBatch batch, double ticksPerCycle)
    {
        double ticks = batch.Ticks;
        if (ticks <= 0 || batch.Polls <= 0)
        {
            return;
        }

        // The core did something else meanwhile, or the host did; only what goes on is a new cost.
        double expected = (batch.Polls * At(0, ticksPerCycle)) + (batch.Received * At(2, ticksPerCycle));
        bool outlier = IsOutlier(ticks, expected);
        _outliers = outlier ? _outliers + 1 : 0;
        if (outlier && _outliers <= MostOutliers)
        {
            return;
        }

        // One sample moves the costs only so far; and all weigh the same, whatever they take.
        int samples = batch.Samples;
        double took = Math.Clamp(ticks, expected / MostStep, expected * MostStep);
        double residual = Math.Min((took / expected) - 1, MostResidual);
        _variance = Math.Max(_variance + (((residual * residual * Math.Min(samples, MostIndependent)) - _variance) * (NoiseGain * samples)), LeastNoise * LeastNoise);
        _bias += (residual - _bias) * (BiasGain * samples);

        // Errors of one sign are no noise: the costs have changed, and the old ones are to be forgotten the faster.
        double haste = Math.Max(1, MostHaste * _bias * _bias * Math.Min(samples, MostIndependent) / _variance);
        Version += _seen == ticksPerCycle ? 0 : 1;
        _seen = ticksPerCycle;
        _costs.Observe([batch.Polls * ticksPerCycle, batch.Polls, batch.Received * ticksPerCycle, batch.Received], took, expected, haste, samples);
        _samples = (int)Math.Min((uint)_samples + (uint)samples, int.MaxValue - 1);
        _rows = Math.Min(_rows + 1, int.MaxValue - 1);
        if (_rows <= EagerRows || _rows % SolvePeriod == 0 || (samples > 1 && haste > HasteToSolve))
        {
            Solve();
        }
    }

    /// <summary>Takes in any sample, to see what <see cref="Rates"/> does not count with, and how dear packets are at least.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="slowest">Ticks of a cycle at the slowest speed that it may have had.</param>
    /// <param name="stall">Ticks for which a change may have stopped the core.</param>
    public void Watch(in QueueSample sample, double slowest, double stall)
    {
        double ticks = sample.PollingTicks - stall;
        if (ticks <= 0 || sample.Polls == 0 || sample.ClockLeapt || !Trusted)
        {
            return;
        }

        double polls = sample.Polls * At(0, slowest), packets = sample.Received * At(2, slowest);
        if (sample.Received == 0 && _watch.IsQuiet(ticks, polls))
        {
            return;
        }

        if (_certainFor != (slowest, Version))
        {
            _certainFor = (slowest, Version);
            _certain = SafeCostNow(slowest) / Cost(slowest);
        }

        double taken = _watch.Taken, spread = Spread;
        bool there = _watch.Observe(sample, ticks, slowest, polls, packets, _certain * Spread);

        // What was believed before anything was known is no cost that may come again; and a sample of empty polls says next to nothing of packets.
        if (there && _known && packets > LeastWork * (polls + packets))
        {
            double cost = Cost(_typical);
            _spread.Observe(sample.ElapsedTicks, sample.Received, ticks - polls, packets, cost);
            Spread = _spread.Factor(cost);
        }

        Version += taken == _watch.Taken && spread == Spread ? 0 : 1;
    }

    private double SafeCostNow(double ticksPerCycle) =>
        Math.Min(Cost(ticksPerCycle) + Doubt(ticksPerCycle), (Cost(_seen) + Doubt(_seen)) * Math.Max(1, ticksPerCycle / _seen));

    private void Solve()
    {
        _costs.Solve();
        _uncertainty = _costs.Uncertainty([0, 1.0 / _burstSize, 0, 1], [1.0 / _burstSize, 0, 1, 0]);
        _doubted = _variance;
        _known |= Doubt(_typical) < KnownShare * Cost(_typical);
        Version++;
    }

    private double Cost(double ticksPerCycle) => (At(0, ticksPerCycle) / _burstSize) + At(2, ticksPerCycle);

    private double Doubt(double ticksPerCycle)
    {
        double variance = _uncertainty.Constant + (ticksPerCycle * (_uncertainty.Linear + (ticksPerCycle * _uncertainty.Square)));
        return Deviations * Math.Sqrt(Math.Max(0, variance) * _doubted);
    }

    private double At(int part, double ticksPerCycle) => (_costs[part] * ticksPerCycle) + _costs[part + 1];
}
