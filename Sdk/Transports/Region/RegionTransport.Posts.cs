using PollScale.Hypercall;
using PollScale.Region;

namespace PollScale.Transports;

/// <summary>Requests that are left with the host, and a host that goes and comes back.</summary>
internal sealed partial class RegionTransport
{
    // What no request waits for is looked at rarely: each load may be an uncached one.
    private const int TurnUs = 10_000;

    // Early enough to come in time though it is looked at only once a turn of the poll loop.
    private const int RepeatUs = RegionLayout.RepeatMs * 800;

    // A host whose heart beats has this long for an answer.
    private const int LostUs = 1_000_000;

    private readonly ulong _turnTicks;
    private readonly ulong _repeatTicks;
    private readonly ulong _lostTicks;
    private HostPulse _pulse;
    private FrequencyCall _wish;
    private RegionStatus _status;
    private uint _statusLock;
    private uint _echo;
    private ulong _turned;
    private ulong _sent;
    private ulong _since;
    private bool _hasWish;
    private bool _pending;
    private bool _repeating;
    private bool _greeting;
    private bool _unsent;

    /// <inheritdoc/>
    public bool HostGone => _pulse.IsGone || Replaced;

    /// <summary>Another host took over that has other P-states than <see cref="PStates"/>: open the transport anew.</summary>
    public bool Replaced { get; private set; }

    /// <inheritdoc/>
    public uint EffectNs => _header.PStates.TransitionLatencyNs;

    /// <inheritdoc/>
    public void Post(FrequencyCall call, ulong now)
    {
        bool wish = call.Op == FrequencyOp.SetPState;
        (_wish, _hasWish) = wish ? (call, true) : (_wish, _hasWish);
        _since = _pending ? _since : now;
        _pending = true;
        _repeating = false;
        _unsent = _closed || _greeting || HostGone;
        if (!_unsent)
        {
            _sent = now;
            _ = TrySend(call, posted: true);
        }
    }

    /// <inheritdoc/>
    public PostedNews Look(ulong now)
    {
        if (_closed)
        {
            return Failed(PostedNews.None, FrequencyStatus.BackendFailed);
        }

        PostedNews news = _greeting ? Greeted(now) : _pending && !_unsent ? Take(settle: false) : PostedNews.None;
        return now - _turned < _turnTicks ? news : Turn(news, now);
    }

    // The grant counts when the status shows it: what is answered may still have to be applied.
    private PostedNews Take(bool settle)
    {
        RegionRequests requests = _slot.Requests;
        bool answered = requests.TryTake(_sequence, out long result);
        PostedNews news = ReadStatus();
        if (answered && result < 0)
        {
            return Done(news, new FrequencyReply(result));
        }

        if (_status.AppliedSequence == _sequence || (answered && (settle || _status.PState == result)))
        {
            return Done(news, new FrequencyReply(_status.PState));
        }

        uint echo = answered ? _sequence : requests.Echo;
        bool progress = echo != _echo;
        _echo = echo;
        _since = progress ? _sent : _since;
        return news with { Progress = progress };
    }

    private PostedNews Done(PostedNews news, FrequencyReply reply)
    {
        _pending = false;
        Echoed();
        return _repeating && !reply.IsError ? news : news.With(reply);
    }

    private PostedNews Failed(PostedNews news, FrequencyStatus status)
    {
        bool told = _pending;
        _pending = false;
        return told ? news.With(new FrequencyReply(status)) : news;
    }

    private PostedNews ReadStatus()
    {
        uint locked = _slot.Status.Lock;
        if (locked == _statusLock || !_slot.Status.TryRead(out RegionStatus status))
        {
            return PostedNews.None;
        }

        (_statusLock, _status) = (locked, status);
        return PostedNews.None with { PState = status.PState < PStates.Count ? (int)status.PState : -1 };
    }

    private PostedNews Turn(PostedNews news, ulong now)
    {
        _turned = now;
        bool changed = _pulse.Observe(_device.Region.Heartbeat, now);
        if (_pulse.IsGone)
        {
            _pending |= changed;
            return Failed(news, FrequencyStatus.BackendFailed);
        }

        ulong nonce = _device.Region.Nonce;
        if (changed || (nonce != _header.Nonce && nonce != 0)) // 0: the header is being written
        {
            Greet(now);
        }

        if (Replaced)
        {
            return Failed(news, FrequencyStatus.BackendFailed);
        }

        if (_greeting)
        {
            return news;
        }

        if (_pending && !_unsent && now - _sent > _hearingTicks && _slot.Requests.Echo != _sequence)
        {
            RingAgain();
        }

        news = news.Answered ? news : _pending && !_unsent ? Take(settle: true) : ReadStatus();
        if (_pending && now - _since >= _lostTicks)
        {
            return Failed(news, FrequencyStatus.TimedOut);
        }

        if (_hasWish && now - _sent >= _repeatTicks)
        {
            Repeat(now);
        }

        return news;
    }

    private void Repeat(ulong now)
    {
        _repeating = !_pending;
        _since = _pending ? _since : now;
        _pending = true;
        _unsent = false;
        _sent = now;
        _ = TrySend(_wish, posted: true);
    }

    // Whoever took the region over may have laid it out anew; it serves this vCPU as any other guest that comes.
    private void Greet(ulong now)
    {
        if (_device.Region.Nonce != _header.Nonce && !TakeOver())
        {
            return;
        }

        _greeting = true;
        _statusLock = 0;
        Hello(now);
    }

    private void Hello(ulong now)
    {
        _sent = now;
        _ = TrySend(new FrequencyCall(FrequencyOp.Hello, HypercallAbi.Version), posted: true);
    }

    private bool TakeOver()
    {
        RegionHeader? header = _device.Region.ReadHeader(out _);
        int vcpu = header?.FindVcpu(_header.ApicIds[Vcpu]) ?? -1;
        Replaced = header is null || vcpu < 0 || header.AbiVersion != HypercallAbi.Version || !header.PStates.KHz.SequenceEqual(PStates.KHz) || header.Slot(vcpu) != _header.Slot(Vcpu);
        if (!Replaced)
        {
            _slot = new RegionSlot(_device, header!, vcpu);
            (_header, Vcpu) = (header!, vcpu);
            _ring.Adopt(header!.Flags);
        }

        return !Replaced;
    }

    private PostedNews Greeted(ulong now)
    {
        if (_slot.Requests.TryTake(_sequence, out long result) && result >= 0)
        {
            _greeting = false;
            Replaced = new FrequencyReply(result).High != HypercallAbi.Version;
            if (!Replaced && _hasWish)
            {
                Repeat(now);
            }
        }
        else if (now - _sent >= _repeatTicks)
        {
            Hello(now);
        }

        return _pending && now - _since >= _lostTicks ? Failed(PostedNews.None, FrequencyStatus.TimedOut) : PostedNews.None;
    }

    // A call that is waited for takes the place of what was posted.
    private void Answered(FrequencyCall call, FrequencyReply reply, ulong now)
    {
        if (_greeting)
        {
            Hello(now);
        }
        else if (!reply.IsError && CallMeaning.IsChange(call.Op))
        {
            _wish = new FrequencyCall(FrequencyOp.SetPState, call.Op == FrequencyOp.SetPState ? call.Argument : reply.Value);
            _hasWish = true;
            _pending = false;
            _sent = now;
        }
        else if (_pending && _hasWish && !HostGone)
        {
            _sent = now;
            _ = TrySend(_wish, posted: true);
        }
    }
}
