using PollScale.Clock;
using PollScale.Hypercall;
using PollScale.Polling;
using PollScale.Telemetry;

namespace PollScale.Shadow;

/// <summary>
/// Turns what a poll loop saw into what it would have seen on a <see cref="VirtualCore"/>: arrivals are packets received and what the ring holds more; costs
/// are the loop's, as learned.
/// </summary>
/// <remarks>Time in which the loop was stopped counts, as the packets do that came in it; time over which the clock leapt does not.</remarks>
internal sealed class ShadowLcore
{
    // Until packets were seen.
    private const double TypicalCycles = 1000;
    private readonly VirtualCore _core;
    private readonly ShadowOptions _options;
    private readonly TscFrequency _frequency;
    private readonly ServiceCostEstimator _costs;
    private readonly double _ticksPerCycle;
    private CreditTuner _tuner;
    private LeapDetector _leaps;
    private PollCounts _seen;
    private ulong _now;
    private double _arrived;
    private ulong _calls;

    /// <param name="transport">Whom the scaler asks.</param>
    /// <param name="frequency">Unit of ticks.</param>
    /// <param name="periodTicks">Decision period.</param>
    /// <param name="burst">Most packets of a poll.</param>
    /// <param name="ring">Packets that the ring holds.</param>
    /// <param name="now">Ticks.</param>
    public ShadowLcore(ShadowTransport transport, TscFrequency frequency, long periodTicks, int burst, int ring, ulong now)
    {
        transport.Take();
        _options = transport.Options;
        _frequency = frequency;
        _tuner = new CreditTuner(frequency);
        _leaps = new LeapDetector(frequency, periodTicks);
        _ticksPerCycle = (double)frequency.KHz / _options.KHz[0];
        _costs = new ServiceCostEstimator(burst, TypicalCycles, _ticksPerCycle, frequency.KHz);
        _core = new VirtualCore(_options.KHz, frequency.FromTimeSpan(_options.TransitionLatency), frequency.FromTimeSpan(_options.CallTime), burst, ring);
        _core.Restart(now);
        _now = now;
    }

    /// <summary>Packets that would wait.</summary>
    public int Backlog => _core.Backlog;

    /// <summary>Polls that would have been made.</summary>
    public PollCounts Counts => _core.Counts;

    /// <summary>Takes in what the loop saw.</summary>
    /// <param name="now">Ticks; they may leap.</param>
    /// <param name="counts">Its polls so far.</param>
    /// <param name="backlog">Packets in its ring; negative when unknown.</param>
    /// <returns>False while a call would be under way, in which nothing is decided.</returns>
    public bool Follow(ulong now, in PollCounts counts, int backlog)
    {
        uint polls = (uint)(counts.Polls - _seen.Polls), received = (uint)(counts.Received - _seen.Received);
        long ticks = unchecked((long)(now - _now));
        bool leapt = _leaps.Observe(ticks, 0, _tuner.Expected(polls, received));
        double arrived = Math.Max(_arrived, (double)counts.Received + Math.Max(0, backlog)), came = arrived - _arrived;
        (_seen, _now, _arrived) = (counts, now, arrived);
        if (leapt)
        {
            _core.Restart(now);
            return true;
        }

        if (!_leaps.Stalled && ticks > 0)
        {
            QueueSample sample = new() { ElapsedTicks = (ulong)ticks, Received = received, Polls = polls };
            _tuner.Learn(sample);
            _costs.Observe(sample, _ticksPerCycle);
        }

        _core.Advance(now, came, _costs.PollTicks(_ticksPerCycle), _costs.PacketTicks(_ticksPerCycle));
        return !_core.Calls;
    }

    /// <summary>A call is made.</summary>
    /// <param name="now">Ticks at its start.</param>
    /// <param name="reply">Its answer.</param>
    /// <returns>Ticks at its end.</returns>
    public ulong Call(ulong now, FrequencyReply reply)
    {
        _calls++;
        return (ulong)_core.Call(now, reply.IsError ? -1 : (int)reply.Value);
    }

    /// <summary>Another ring to plan with.</summary>
    public void Resize(int ring) => _core.Resize(ring);

    /// <summary>Lets the loop's counters charge what its own polls and packets take.</summary>
    public void Tune(ref PollCounters counters) => _tuner.Apply(ref counters);

    /// <summary>What would have been so far.</summary>
    public ShadowReport Report()
    {
        double ticks = 0, energy = 0, second = _frequency.KHz * 1000;
        foreach (double part in _core.Residency)
        {
            ticks += part;
        }

        double[] residency = new double[_core.Residency.Length];
        for (int i = 0; i < residency.Length; i++)
        {
            energy += _core.Residency[i] / second * _options.Watts[i];
            residency[i] = ticks > 0 ? _core.Residency[i] / ticks : 0;
        }

        HistogramSnapshot delays = _core.Delays;
        return new ShadowReport
        {
            Elapsed = TimeSpan.FromSeconds(ticks / second),
            EnergyJoules = energy,
            FastestJoules = ticks / second * _options.Watts[0],
            Arrived = (ulong)_core.Arrived,
            Lost = (ulong)_core.Lost,
            MedianDelay = Time(delays.Percentile(0.5)),
            P99Delay = Time(delays.Percentile(0.99)),
            P999Delay = Time(delays.Percentile(0.999)),
            LongestDelay = Time(delays.Max),
            Calls = _calls,
            Residency = residency,
        };
    }

    private TimeSpan Time(ulong ticks) => TimeSpan.FromMicroseconds(_frequency.ToNanoseconds(ticks) / 1000.0);
}
