using PollScale.Clock;
using PollScale.HostStub.Channels.Hypercall;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Daemon.Protocol;
using PollScale.HostStub.Daemon.Shards;
using PollScale.HostStub.Frequency;
using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Region;
using PollScale.Telemetry;

namespace PollScale.HostStub.Channels.Region;

/// <summary>
/// Serves one vCPU's slot when its doorbell rings. A request is one load of one word, compared with the last one served: what rings for nothing, or
/// twice, or loses rings, changes nothing. Allocates nothing a request.
/// </summary>
/// <param name="vcpu">Whose slot.</param>
/// <param name="memory">The region.</param>
/// <param name="spins">It is looked at without being rung.</param>
internal sealed partial class RegionDoorbell(ServedVcpu vcpu, RegionMemory memory, bool spins) : IShardWatch, IHypercallSlot
{
    // Stands for a vCPU that has no pCPU of its own: it may ask, and changes nothing.
    private const int NotAtHome = -1;

    private readonly int _index = vcpu.Vcpu;
    private readonly RegionVcpuWriter _writer = memory.Writer.Vcpu(vcpu.Vcpu);
    private readonly WatchPause _pause = new();
    private readonly LatencyHistogram _latency = vcpu.Counters.Latency;
    private ulong _served;
    private int _empty;
    private uint _sequence;
    private uint _seen;
    private uint _dropped;
    private ulong _appliedNs;
    private int _pState = -1;
    private PStateTable? _table;

    /// <inheritdoc/>
    public StreamDescriptor Descriptor => memory.Doorbells[_index];

    /// <inheritdoc/>
    public bool IsPaused => _pause.IsOn;

    /// <inheritdoc/>
    public bool Spins => spins;

    /// <inheritdoc/>
    public Deadline Due => _pause.Due;

    /// <inheritdoc/>
    public LatencyHistogram? Recorder { private get; set; }

    /// <summary>The vCPU.</summary>
    public ServedVcpu Vcpu => vcpu;

    /// <summary>Takes a slot over that another process of this host has served: what it answered is not done twice.</summary>
    public void Continue()
    {
        RequestWord word = _writer.Request;
        if (word.Sequence == _writer.Answered)
        {
            (_served, _sequence) = (word.Value, word.Sequence);
        }

        _seen = _writer.Answered;
    }

    /// <inheritdoc/>
    int IHypercallSlot.Vcpu => _index;

    /// <inheritdoc/>
    int IHypercallSlot.Pcpu => vcpu.Binding.Pcpu;

    /// <inheritdoc/>
    uint IHypercallSlot.Sequence => _writer.Request.Sequence;

    /// <inheritdoc/>
    HypercallCounters IHypercallSlot.Counters => vcpu.Hypercalls;

    /// <inheritdoc/>
    string? IHypercallSlot.Unobserved
    {
        set => vcpu.Unobserved = value;
    }

    /// <inheritdoc/>
    public void Look(ulong wokenTsc)
    {
        RingOutcome outcome = Ring(wokenTsc, isAtHome: true);
        _empty = outcome == RingOutcome.Empty && !spins ? _empty + 1 : 0;
        if (outcome == RingOutcome.Throttled)
        {
            _pause.BeginSpent();
        }
        else if (_empty > IHypercallSlot.EmptyRings)
        {
            _pause.Begin();
        }
    }

    /// <inheritdoc/>
    public RingOutcome Ring(ulong wokenTsc, bool isAtHome)
    {
        RequestWord word = _writer.Request;
        if (word.Value == _served || word.Sequence == 0 || IsDecided(word))
        {
            return RingOutcome.Empty;
        }

        _served = word.Value;
        CountDropped(word.Sequence);
        ulong now = spins ? wokenTsc : TscClock.Now;
        FrequencyCall call = word.Call;
        IFrequencyService service = vcpu.Binding.Service;
        FrequencyReply reply = CallMeaning.IsKnown(call.Op) ? service.Answer(isAtHome ? _index : NotAtHome, call, now) : service.AnswerUnknown(_index, now);
        ulong ns = TscClock.ToNanoseconds(TscClock.Now - wokenTsc);
        AnswerKind kind = KindOf(call, reply);
        if (kind == AnswerKind.Acked)
        {
            (_sequence, _appliedNs) = (word.Sequence, ns);
            Publish(service, (int)reply.Value);
            _decided?.Changed();
        }

        _writer.Reply(word.Sequence, reply, _dropped);
        vcpu.Counters.Count(kind);
        _latency.Record(ns, Recorder);
        return reply.Status == FrequencyStatus.Throttled ? RingOutcome.Throttled : RingOutcome.Served;
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
        IFrequencyService service = vcpu.Binding.Service;
        int inForce = service.InForce;
        if (inForce != _pState || !ReferenceEquals(service.PStates, _table))
        {
            Publish(service, inForce); // what is in force changed without this vCPU's asking: a neighbour's wish, a limit, the end of its own
        }

        _empty = 0;
        _pause.Tick();
    }

    private void Publish(IFrequencyService service, int inForce)
    {
        PStateTable table = service.PStates;
        if (!ReferenceEquals(table, _table))
        {
            _table = table;
        }

        _pState = inForce;
        ReadOnlySpan<uint> kHz = table.KHz;
        if ((uint)inForce < (uint)kHz.Length)
        {
            uint stretch = service.Emulated ? SimulatedBackend.StretchQ16(kHz[0], kHz[inForce]) : StatusPageLayout.StretchOne;
            _writer.Publish(inForce, kHz[inForce], stretch, _appliedNs, _sequence);
        }
    }

    // Requests between two that were seen were overwritten by newer ones. A number that goes back is a guest's own affair.
    private void CountDropped(uint sequence)
    {
        int skipped = unchecked((int)(sequence - _seen - 1));
        _dropped += skipped > 0 ? (uint)skipped : 0;
        _seen = sequence;
    }

    private static AnswerKind KindOf(FrequencyCall call, FrequencyReply reply) =>
        !reply.IsError ? CallMeaning.IsChange(call.Op) ? AnswerKind.Acked : AnswerKind.Answered
        : reply.Status is FrequencyStatus.UnknownCall or FrequencyStatus.Invalid ? AnswerKind.Unknown
        : AnswerKind.Refused;
}
