using System.Runtime.CompilerServices;
using PollScale.Clock;
using PollScale.HostStub.Traffic.Frames;
using PollScale.HostStub.Traffic.Profiles;
using PollScale.Telemetry;

namespace PollScale.HostStub.Traffic;

/// <summary>
/// The open loop: each iteration posts the frames that are due and drains the tx ring. It does not wait for the guest: a
/// frame that finds the ring full is lost, as on a NIC. Only a profile without times waits for room, in the rx ring and, so that what
/// the guest forwards has a place, in the tx ring.
/// </summary>
/// <remarks>
/// The schedule runs in virtual time, which stands still while the generator is held up: a wire cannot deliver what it
/// could not carry. Nor does it exceed the line rate: over any span the frames sent take at most the span and one burst.
/// </remarks>
internal sealed class PacketSender
{
    private const int Burst = 32;
    private const int TxBatch = 64;
    private const int MinFrame = 60;
    private const int WireOverhead = 24; // FCS, preamble and inter-frame gap
    private const long GraceNs = 1_000_000;
    private const double MaxDays = 100;
    private readonly RxProducer _rx;
    private readonly TxConsumer _tx;
    private readonly ITrafficProfile _profile;
    private readonly IFrameSource _frames;
    private readonly ITrafficPollHook? _hook;
    private readonly double _ticksPerNs;
    private readonly double _wireTicksPerByte;
    private readonly double _burstTicks;
    private readonly long _durationNs;
    private readonly ulong _durationTicks;
    private readonly ulong _graceTicks;
    private readonly ulong _stallTicks;
    private readonly ulong _roomTicks;
    private readonly bool _waits;
    private readonly ulong[] _malformed = new ulong[LcoreTelemetryLayout.DropSlots];
    private FrameRef _frame;
    private long _dueNs;
    private ulong _dueTicks;
    private double _wireFree;
    private ulong _last;
    private ulong _virtual;
    private ulong _offered;
    private ulong _offeredBytes;
    private ulong _ringFull;
    private ulong _stalls;
    private ulong _stalledTicks;
    private ulong _fullSince;

    /// <param name="memory">The region.</param>
    /// <param name="profile">When to send.</param>
    /// <param name="frames">What to send.</param>
    /// <param name="options">How.</param>
    /// <param name="hook">Runs each iteration; null for none.</param>
    /// <param name="tap">Shown what the guest forwarded; null for none.</param>
    public PacketSender(
        PacketMemory memory, ITrafficProfile profile, IFrameSource frames, TrafficOptions options, ITrafficPollHook? hook, IForwardedTap? tap = null)
    {
        if (frames.MaxLength > memory.Layout.MaxFrame)
        {
            throw new TrafficException(
                $"The longest frame has {frames.MaxLength} bytes, but a buffer of {memory.Layout.BufferSize} takes {memory.Layout.MaxFrame}. Use larger buffers or smaller frames.");
        }

        if (!(options.LineRatePps is > 0 and <= 1e9))
        {
            throw new TrafficException($"A line rate of {options.LineRatePps} packets a second is not valid: give a rate above 0, at most 1000 Mpps.");
        }

        if (options.Duration is { TotalDays: not (> 0 and <= MaxDays) })
        {
            throw new TrafficException($"A duration of {options.Duration} is not valid: give a time above 0, at most {MaxDays} days.");
        }

        _rx = new RxProducer(memory);
        _tx = new TxConsumer(memory, tap);
        _waits = profile.WaitsForRoom;
        _profile = profile;
        _frames = frames;
        _hook = hook;
        _ticksPerNs = TscClock.FrequencyKHz / 1e6;
        _wireTicksPerByte = 1e9 / options.LineRatePps / (MinFrame + WireOverhead) * _ticksPerNs;
        _burstTicks = (Burst - 1) * (MinFrame + WireOverhead) * _wireTicksPerByte;
        _durationNs = options.Duration is { } duration ? (long)duration.TotalNanoseconds : long.MaxValue;
        _durationTicks = options.Duration is null ? ulong.MaxValue / 2 : ToTicks(_durationNs);
        _roomTicks = ToTicks((long)options.RoomTimeout.TotalNanoseconds);
        _graceTicks = ToTicks(GraceNs);
        _stallTicks = ToTicks((long)options.StallThreshold.TotalNanoseconds);
        _frame = frames.Next();
        Advance();
    }

    /// <summary>Frames that came due.</summary>
    public ulong Offered => Volatile.Read(ref _offered);

    /// <summary>True once the profile has no packet left.</summary>
    public bool IsProfileOver => _dueNs == ITrafficProfile.End;

    /// <summary>True when the profile waits for room and the guest made none for longer than it may take.</summary>
    public bool IsStuck => _fullSince != 0 && _last - _fullSince > _roomTicks;

    /// <summary>Takes now for time 0.</summary>
    public void Begin() => _last = TscClock.Now;

    /// <summary>One turn of the loop.</summary>
    /// <returns>False once the profile or the duration has ended.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Iterate()
    {
        ulong now = TscClock.Now;
        Follow(now);
        if (_waits)
        {
            SendToRoom(now);
        }
        else if (_dueTicks <= _virtual)
        {
            Send(now);
        }

        Drain(now);
        if (_dueNs < _durationNs)
        {
            return !IsStuck && _virtual < _durationTicks + _graceTicks;
        }

        return _dueNs != ITrafficProfile.End && _virtual < _durationTicks;
    }

    /// <summary>Takes what the guest sent and lets the hook run.</summary>
    /// <returns>Frames taken.</returns>
    public int Drain(ulong now)
    {
        _hook?.Poll(now);
        return _tx.Poll(TxBatch, _offered, now);
    }

    /// <summary>Frames that the ring took although a forwarder must drop them for <paramref name="cause"/>.</summary>
    public ulong Malformed(DropCause cause) => Volatile.Read(ref _malformed[(int)cause]);

    /// <summary>Where the traffic stands; on the sending thread, from the hook.</summary>
    /// <param name="now">TSC now.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public TrafficGlance Glance(ulong now)
    {
        int used = _rx.Used;
        ulong oldest = used == 0 ? now : _rx.OldestSentTsc(used);
        return new TrafficGlance(_offered, _tx.Forwarded, _ringFull, used, now > oldest ? now - oldest : 0);
    }

    /// <summary>The counters; from any thread.</summary>
    public TrafficSnapshot Snapshot(TrafficPhase phase)
    {
        // What depends on a frame being offered is read first, so that no sum is ever negative.
        ulong forwarded = _tx.Forwarded;
        ulong ringFull = Volatile.Read(ref _ringFull);
        return new TrafficSnapshot
        {
            Phase = phase,
            Forwarded = forwarded,
            ForwardedBytes = _tx.Bytes,
            OutOfOrder = _tx.OutOfOrder,
            Duplicates = _tx.Duplicates,
            InvalidFrames = _tx.InvalidFrames,
            CorruptIndices = _tx.CorruptIndices + _rx.CorruptIndices,
            RingFull = ringFull,
            Offered = Offered,
            OfferedBytes = Volatile.Read(ref _offeredBytes),
            Backlog = _rx.Backlog,
            Stalls = Volatile.Read(ref _stalls),
            StalledNs = ToNs(Volatile.Read(ref _stalledTicks)),
            ElapsedNs = ToNs(Volatile.Read(ref _virtual)),
        };
    }

    private void Follow(ulong now)
    {
        ulong gap = now > _last ? now - _last : 0;
        _last = now;
        if (gap > _stallTicks)
        {
            _stalls++;
            _stalledTicks += gap;
        }
        else
        {
            _virtual += gap;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Send(ulong now)
    {
        _wireFree = Math.Max(_wireFree, _virtual - _burstTicks);
        for (int i = 0; i < Burst && _dueTicks <= _virtual && _wireFree <= _virtual && _dueNs < _durationNs; i++)
        {
            _wireFree += (Math.Max(_frame.Length, MinFrame) + WireOverhead) * _wireTicksPerByte;
            Post(now);
        }

        _rx.Publish();
    }

    // What the guest holds is read before what it sent: a frame on its way from one to the other is counted twice, never left out.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SendToRoom(ulong now)
    {
        int used = _rx.Used;
        int room = Math.Min(_rx.Size - used, _tx.Size - used - _tx.Pending);
        if (room <= 0)
        {
            _fullSince = _fullSince == 0 ? now : _fullSince;
            return;
        }

        _fullSince = 0;
        for (int i = Math.Min(room, Burst); i > 0 && _dueNs < _durationNs; i--)
        {
            Post(now);
        }

        _rx.Publish();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    // SAFETY: the frame's store outlives the run, and the producer checks the length.
    private unsafe void Post(ulong now)
    {
        FrameRef frame = _frame;
        ulong sequence = _offered;
        _offered = sequence + 1;
        _offeredBytes += (ulong)frame.Length;
        if (!_rx.TryPost(frame.Data, frame.Length, now, sequence))
        {
            _ringFull++;
        }
        else if (frame.Cause >= 0)
        {
            _malformed[frame.Cause]++;
        }

        _frame = _frames.Next();
        Advance();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Advance()
    {
        _dueNs = _profile.Next();
        _dueTicks = _dueNs == ITrafficProfile.End ? ulong.MaxValue : ToTicks(_dueNs);
    }

    private ulong ToTicks(long ns) => (ulong)(ns * _ticksPerNs);

    private ulong ToNs(ulong ticks) => (ulong)(ticks / _ticksPerNs);
}
