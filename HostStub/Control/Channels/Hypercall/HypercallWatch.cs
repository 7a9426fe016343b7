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

        slot.Counters.CountLost(
            type == LibC.PERF_RECORD_LOST && new TracepointField(LostField, sizeof(ulong)).TryRead(body, out ulong lost) ? lost
            : type is LibC.PERF_RECORD_SAMPLE or PerfRing.Torn ? 1ul
            : 0);
        return HypercallVerdict.Overtaken;
    }
}
