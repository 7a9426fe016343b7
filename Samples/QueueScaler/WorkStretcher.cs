using PollScale.Hypercall;

namespace PollScale.Samples.QueueScaler;

/// <summary>
/// Makes a burst take as long as it would at the granted P-state, where P-states are emulated, and adds stand-in work for a
/// heavier network function. Work is counted in ticks at the fastest P-state; a tick spent at stretch s does 1/s of it.
/// </summary>
/// <remarks>
/// What it estimates is its own processing on the real core, whose speed is one, from the time of each burst; what a packet costs at a
/// P-state is for the scaler to learn, from what this makes of it.
/// Without emulation the stand-in is a spin of constant time, which no P-state shortens: a real forwarder sets it to 0.
/// </remarks>
internal struct WorkStretcher<TClock>
    where TClock : struct, IWorkClock
{
    // A burst of n weighs n / 2^Weight in the average, so a full burst of 32 weighs 1/16.
    private const int Weight = 9;
    private const int Fraction = 8;
    private const int SettlingBursts = 16;
    private const uint MaxStretchQ16 = 256 << 16;

    private readonly ulong _standInTicks;
    private readonly bool _emulated;
    private TClock _clock;
    private long _ownQ8;
    private int _bursts;
    private ulong _worked;
    private ulong _packets;

    /// <summary>Makes a stretcher.</summary>
    /// <param name="clock">TSC and stretch.</param>
    /// <param name="standInTicks">Stand-in work a packet, in ticks at the fastest P-state.</param>
    /// <param name="emulated">True when the host emulates P-states.</param>
    public WorkStretcher(TClock clock, ulong standInTicks, bool emulated)
    {
        _clock = clock;
        _standInTicks = standInTicks;
        _emulated = emulated;
    }

    /// <summary>Own processing time a packet at the fastest P-state, in ticks; 0 before the first burst.</summary>
    public readonly ulong OwnTicks => (ulong)(_ownQ8 >> Fraction);

    /// <summary>The same, the mean of all packets so far.</summary>
    public readonly ulong MeanOwnTicks => _packets == 0 ? 0 : _worked / _packets;

    /// <summary>Spins until the burst has taken its time.</summary>
    /// <param name="start">Ticks when the processing of the burst began.</param>
    /// <param name="packets">Packets processed, 1 or more.</param>
    /// <returns>Ticks that it took.</returns>
    public ulong Finish(ulong start, int packets)
    {
        ulong now = _clock.Ticks;
        ulong standIn = _standInTicks * (ulong)packets;
        if (!_emulated)
        {
            for (ulong begin = now; standIn != 0 && now - begin < standIn;)
            {
                now = _clock.Ticks;
            }

            return now - start;
        }

        Learn(now - start, packets);
        ulong own = (ulong)(_ownQ8 * packets) >> Fraction;
        _worked += own;
        _packets += (ulong)packets;
        return Spin(start, standIn + own, now) - start;
    }

    private ulong Spin(ulong since, ulong work, ulong now)
    {
        uint stretch = Stretch();
        for (ulong done = Work(now - since, stretch); done < work; done = Work(now - since, stretch))
        {
            uint latest = Stretch();
            if (latest != stretch)
            {
                work -= done;
                since = now;
                stretch = latest;
            }

            now = _clock.Ticks;
        }

        return now;
    }

    // A burst that was preempted must not teach the average, so a sample counts at most double.
    private void Learn(ulong elapsed, int packets)
    {
        long sample = (long)Math.Min(elapsed << Fraction, long.MaxValue) / packets;
        if (_bursts < SettlingBursts)
        {
            _ownQ8 = _bursts++ == 0 ? sample : Math.Min(_ownQ8, sample);
        }
        else
        {
            _ownQ8 = Math.Max(1, _ownQ8 + (((Math.Min(sample, 2 * _ownQ8) - _ownQ8) * packets) >> Weight));
        }
    }

    private readonly uint Stretch() => Math.Clamp(_clock.StretchQ16, StatusPageLayout.StretchOne, MaxStretchQ16);

    private static ulong Work(ulong ticks, uint stretchQ16) => (ticks << 16) / stretchQ16;
}
