using PollScale.HostStub.Daemon;
using PollScale.HostStub.Daemon.Shards;
using PollScale.Native;
using PollScale.Telemetry;

namespace PollScale.HostStub.Channels.Hypercall;

/// <summary>
/// One vCPU's hypercalls, as the kernel records them. A record is a ring and nothing else: what is asked stands in the slot, and lost records lose
/// nothing that the next ring or tick does not find. Allocates nothing a record.
/// </summary>
/// <param name="slot">What they ring.</param>
/// <param name="observed">The vCPU's thread.</param>
internal sealed class HypercallWatch(IHypercallSlot slot, ObservedThread observed) : IHypercallWatch
{
    private readonly WatchPause _pause = new();
    private volatile bool _hasEnded;
    private int _empty;
    private ulong _lostAsTold;
    private ulong _lost;

    /// <inheritdoc/>
    public IHypercallSlot Slot => slot;

    /// <inheritdoc/>
    public int Thread => observed.Thread;

    /// <inheritdoc/>
    public bool HasEnded => _hasEnded;

    /// <inheritdoc/>
    public StreamDescriptor Descriptor => observed.Records.Descriptor;

    /// <inheritdoc/>
    public LatencyHistogram? Recorder
    {
        set
        {
            // the slot has its own
        }
    }

    /// <inheritdoc/>
    public bool IsPaused => _pause.IsOn;

    /// <inheritdoc/>
    public bool Spins => false;

    /// <inheritdoc/>
    public Deadline Due => _pause.Due;

    /// <inheritdoc/>
    public void Look(ulong wokenTsc)
    {
        PerfRing ring = observed.Records.Ring;
        bool rings = false, isAtHome = true;
        ring.Look();
        while (ring.TryRead(out uint type, out ReadOnlySpan<byte> body))
        {
            HypercallVerdict verdict = Take(type, body);
            if (verdict is HypercallVerdict.Rings or HypercallVerdict.WrongCpu)
            {
                (rings, isAtHome) = (true, verdict == HypercallVerdict.Rings);
            }
            else
            {
                _empty++;
            }
        }

        RingOutcome outcome = rings ? slot.Ring(wokenTsc, isAtHome) : RingOutcome.Empty;
        if (outcome == RingOutcome.Empty)
        {
            _empty += rings ? 1 : 0;
        }
        else if (isAtHome)
        {
            slot.Counters.CountServed();
        }

        // The kernel drops in a pause what does not fit into its ring.
        if (_empty > IHypercallSlot.EmptyRings)
        {
            _pause.Begin();
        }
        else if (outcome == RingOutcome.Throttled)
        {
            _pause.BeginSpent();
        }
    }

    /// <inheritdoc/>
    public void Resume()
    {
        _pause.End();
        _empty = 0;
    }

    /// <inheritdoc/>
    public void Tick(ulong tsc)
    {
        _hasEnded = observed.Records.HasEnded;
        PerfRing ring = observed.Records.Ring;
        if (ring.MayHaveLost)
        {
            ring.MayHaveLost = false;
            CountLost(observed.Records.Lost); // a record tells only when one comes for which there is room
        }

        _empty = 0;
        _pause.Tick();
    }

    /// <inheritdoc/>
    public void Dispose() => observed.Records.Dispose();

    private HypercallVerdict Take(uint type, ReadOnlySpan<byte> body)
    {
        const int LostField = 8;
        if (type == LibC.PERF_RECORD_SAMPLE && PerfSample.TryParse(body, out PerfSample sample) && observed.Sequence.TryRead(sample.Raw, out ulong sequence))
        {
            HypercallVerdict verdict = HypercallCheck.Judge(sample.Thread, sample.Cpu, sequence, observed.Thread, slot.Pcpu, slot.Sequence);
            slot.Counters.Count(verdict);
            return verdict;
        }

        if (type == LibC.PERF_RECORD_LOST && new TracepointField(LostField, sizeof(ulong)).TryRead(body, out ulong lost))
        {
            _lostAsTold += lost;
            CountLost(_lostAsTold);
        }
        else if (type is LibC.PERF_RECORD_SAMPLE or PerfRing.Torn)
        {
            slot.Counters.CountLost(1);
        }

        return HypercallVerdict.Overtaken;
    }

    // Records and the kernel's own count tell of the same, one later than the other.
    private void CountLost(ulong soFar)
    {
        if (soFar > _lost)
        {
            slot.Counters.CountLost(soFar - _lost);
            _lost = soFar;
        }
    }
}
