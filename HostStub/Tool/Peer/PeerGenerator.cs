using System.Runtime.CompilerServices;
using PollScale.Clock;
using PollScale.HostStub.Placement;
using PollScale.HostStub.Traffic;
using PollScale.Memif.Control;
using PollScale.Placement;
using PollScale.Telemetry;

namespace PollScale.HostStub.Peer;

/// <summary>Sends stamped frames to a memif peer and takes back what it forwards, on one thread: waits for a link, sends, waits for what is on its way.</summary>
internal sealed class PeerGenerator
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_stall = new TrafficOptions().StallThreshold;
    private readonly MemifPort _port;
    private readonly PeerOptions _options;
    private readonly StampedFrames _frames;
    private readonly StampedReturns _returns = new();
    private readonly SendSchedule _schedule;
    private readonly HostThread _thread;
    private ulong _offered;
    private ulong _sent;
    private ulong _ringFull;
    private ulong _noLink;
    private ulong _begin;
    private ulong _end;
    private volatile TrafficPhase _phase;
    private volatile bool _stop;
    private volatile bool _abort;

    /// <param name="port">The interface; polled by the generator's thread alone until the end.</param>
    /// <param name="source">What to send, and when; must outlive the run.</param>
    /// <param name="options">How.</param>
    public PeerGenerator(MemifPort port, TrafficSource source, PeerOptions options)
    {
        (_port, _options) = (port, options);
        _frames = new StampedFrames(source.Frames);
        _schedule = new SendSchedule(source.Profile, options.Duration, s_stall);
        _thread = new HostThread("traffic", Run, _ => _phase = TrafficPhase.Ended);
    }

    /// <summary>Phase.</summary>
    public TrafficPhase Phase => _phase;

    /// <summary>TSC at which sending began; 0 before.</summary>
    public ulong Begin => Volatile.Read(ref _begin);

    /// <summary>TSC at which it ended; 0 before.</summary>
    public ulong End => Volatile.Read(ref _end);

    /// <summary>Times the generator was held up, its schedule moved by as much.</summary>
    public ulong Stalls => _schedule.Stalls;

    /// <summary>How long it was held up, in ticks.</summary>
    public ulong StalledTicks => _schedule.StalledTicks;

    /// <summary>Delays through the peer so far, in ticks.</summary>
    public HistogramSnapshot Delays => _returns.Delays;

    /// <summary>Starts; returns at once.</summary>
    public void Start()
    {
        _phase = TrafficPhase.Waiting;
        _thread.Start();
    }

    /// <summary>Ends sending; what is on its way is waited for.</summary>
    public void Stop() => _stop = true;

    /// <summary>Ends at once.</summary>
    public void Abort()
    {
        _abort = true;
        _stop = true;
    }

    /// <summary>Waits for the end, and throws what the thread failed with.</summary>
    public void Join() => _thread.JoinOrThrow();

    /// <summary>The counters; from any thread.</summary>
    public PeerCounts Counts()
    {
        // What came back is read before what was sent, so that no sum is ever negative.
        ulong forwarded = _returns.InOrder, late = _returns.Late, ringFull = Volatile.Read(ref _ringFull), noLink = Volatile.Read(ref _noLink);
        ulong sent = Volatile.Read(ref _sent);
        return new PeerCounts
        {
            Forwarded = forwarded,
            OutOfOrder = late,
            Duplicated = _returns.Repeated,
            Unstamped = _returns.Unstamped,
            Invalid = _returns.Invalid,
            RingFull = ringFull,
            NoLink = noLink,
            Sent = sent,
            Offered = Volatile.Read(ref _offered),
        };
    }

    private void Run()
    {
        if (_options.Cpu is { } cpu)
        {
            ThreadPlacement.Pin(cpu);
        }

        if (WaitForPeer())
        {
            ulong now = TscClock.Now;
            _schedule.Begin(now);
            Volatile.Write(ref _begin, now);
            _phase = TrafficPhase.Sending;
            while (!_stop && !_schedule.IsOver)
            {
                Turn();
            }

            Volatile.Write(ref _end, TscClock.Now);
            _phase = TrafficPhase.Draining;
            Drain();
        }

        _phase = TrafficPhase.Ended;
    }

    private bool WaitForPeer()
    {
        ulong limit = TscClock.Now + TscClock.FromNanoseconds((ulong)_options.PeerLimit.TotalNanoseconds);
        while (!_stop && TscClock.Now < limit)
        {
            if (_port.WaitForLink(s_look) && _port.Poll())
            {
                bool ready = TxRoom.IsIn(_port.Tx);
                Thread.Sleep(ready ? PeerOptions.Settling : s_look);
                if (ready && _port.Poll())
                {
                    return true;
                }
            }
        }

        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Turn()
    {
        ulong now = TscClock.Now;
        _schedule.Follow(now);
        bool linked = _port.Poll();
        if (linked)
        {
            Send(now);
            _returns.Take(_port.Rx, _sent, _begin);
        }
        else
        {
            for (; _schedule.IsDue; _schedule.Advance())
            {
                _frames.Skip();
                _noLink++;
                _offered++;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Send(ulong now)
    {
        const int Burst = 32;
        ulong before = _sent;
        for (int i = 0; i < Burst && _schedule.IsDue; i++, _schedule.Advance())
        {
            _offered++;
            if (_port.Tx.TrySend(_frames.Next(_sent, now)))
            {
                _sent++;
            }
            else
            {
                _ringFull++;
            }
        }

        if (_sent != before)
        {
            _port.Tx.Publish();
        }
    }

    private void Drain()
    {
        ulong limit = TscClock.Now + TscClock.FromNanoseconds((ulong)_options.DrainLimit.TotalNanoseconds);
        while (!_abort && _returns.Once < _sent && TscClock.Now < limit)
        {
            if (_port.Poll())
            {
                _returns.Take(_port.Rx, _sent, _begin);
            }
        }
    }
}
