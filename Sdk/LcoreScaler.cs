using System.Runtime.CompilerServices;
using PollScale.Clock;
using PollScale.Governors;
using PollScale.Hypercall;
using PollScale.Polling;
using PollScale.Scaling;
using PollScale.Shadow;
using PollScale.Telemetry;
using PollScale.Transports;

namespace PollScale;

/// <summary>
/// Scales the core of one polling thread: tell it every poll through <see cref="Observe"/>. Make, use and dispose it on that
/// thread; only <see cref="Counters"/> and the plain properties may be read from others.
/// </summary>
/// <remarks>
/// It starts at the fastest P-state and goes back there when disposed. When the host refuses or fails it asks ever more rarely
/// (100 us .. 1 s between attempts) and polling goes on at the speed there is. When the clock leaps, as after a suspend or a move to
/// another host, it asks for the fastest again and waits for a few samples before it follows the governor.
/// </remarks>
public sealed partial class LcoreScaler : IDisposable
{
    private readonly IFrequencyTransport _transport;
    private readonly IPostedTransport? _posted;
    private readonly ShadowLcore? _shadow;
    private const ulong DecisionsToSee = 2;
    private readonly bool _ownsTransport;
    private readonly ScalerCore _core;
    private readonly TscFrequency _frequency;
    private readonly IdleWait _wait;
    private readonly long _periodTicks;
    private readonly int _threadId = Environment.CurrentManagedThreadId;
    private readonly LatencyHistogram? _roundTrips;
    private readonly Func<ulong>? _ticks;
    private readonly DecisionTrace? _trace;
    private LcoreScalerOptions _options;
    private QueueBacklogs? _queues;
    private IExplainedGovernor? _explained;
    private LossStatement _statement;
    private PollCounters _counters;
    private FirstCalls _firstCalls;
    private bool _disposed;

    /// <summary>Makes a scaler for the calling thread.</summary>
    /// <param name="options">Settings; null takes the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="PlatformNotSupportedException">The CPU lacks the instructions of <see cref="LcoreScalerOptions.WaitBy"/>.</exception>
    /// <exception cref="InvalidOperationException">The thread is not pinned as required.</exception>
    /// <exception cref="FrequencyControlUnavailableException">No transport was given and no host was found.</exception>
    public LcoreScaler(LcoreScalerOptions? options = null)
    {
        _options = options ?? new LcoreScalerOptions();
        _options.Validate();
        _frequency = _options.Frequency ?? TscClock.Frequency;
        _wait = new IdleWait(_options, _frequency);
        Lcore = CpuPinning.Apply(_options.Pinning, _options.Cpu);
        _ticks = _options.Ticks;
        _roundTrips = _options.RoundTrips;
        _trace = _options.Trace;
        _firstCalls = new FirstCalls(_frequency);
        _periodTicks = Math.Max(1, (long)_frequency.FromTimeSpan(_options.DecisionPeriod));
        _ownsTransport = _options.Transport is null;
        _transport = _options.Transport ?? FrequencyTransport.Open();
        _posted = _transport as IPostedTransport;
        _counters.SetBurst(_options.BurstSize);
        _queues = _options.Queues > 1 ? new QueueBacklogs(_options.Queues, _options.BurstSize, _options.RingSize) : null;
        try
        {
            _core = new ScalerCore(Context());
            _shadow = _transport is ShadowTransport shadow ? new ShadowLcore(shadow, _frequency, _periodTicks, _options.BurstSize, Context().RingSize, Now()) : null;
            _core.Posts(_posted?.EffectNs ?? 0);
            Start();
            GovernorContext context = Context();
            Governor = Govern(context);
            _core.Plan(Guessing, Governor);
            _explained = Governor as IExplainedGovernor;
            _statement = State(context);
        }
        catch
        {
            if (_ownsTransport)
            {
                _transport.Dispose();
            }

            throw;
        }

        _core.Begin(Now());
    }

    /// <summary>CPU of the thread.</summary>
    public LcoreId Lcore { get; }

    /// <summary>The transport in use.</summary>
    public IFrequencyTransport Transport => _transport;

    /// <summary>The governor in use; another one after <see cref="AddQueue"/> or <see cref="RemoveQueue"/>.</summary>
    public IGovernor Governor { get; private set; }

    /// <summary>Rx queues that the lcore polls, 1 .. 16.</summary>
    public int Queues => _options.Queues;

    /// <summary>
    /// Whether loss can be ruled out up to <see cref="LcoreScalerOptions.PeakPacketsPerSecond"/>, with the part of the ring that the governor
    /// lets fill and the longest of the first calls; null where no peak rate was given. It is withheld where P-states are real, for no
    /// interface states all that it rests on, and withdrawn when the governor sees the actuator do what it does not cover.
    /// </summary>
    public LossCertificate? Certificate => _statement.Certificate;

    /// <summary>
    /// Whether the governor's delay bound can be kept up to <see cref="LcoreScalerOptions.PeakPacketsPerSecond"/>, on the same premises; null where no peak
    /// rate was given, or the governor keeps no bound.
    /// </summary>
    public DelayCertificate? DelayCertificate => _statement.Delay;

    /// <summary>
    /// What may surprise about the options here, one text each: what, why, what to do. Empty when all is well. A certificate that is
    /// withdrawn while it runs adds the reason, once, and so does a descriptor that cannot be waited for.
    /// </summary>
    public IReadOnlyList<string> Warnings => _statement.Warnings;

    /// <summary>Times the clock leapt, as after a suspend or a move to another host.</summary>
    public ulong ClockLeaps => _core.ClockLeaps;

    /// <summary>Running counts of polls and packets.</summary>
    public ref readonly PollCounters Counters => ref _counters;

    /// <summary>Frequency calls made.</summary>
    public ulong Calls => _core.Calls;

    /// <summary>Calls that the host answered with an error.</summary>
    public ulong FailedCalls => _core.FailedCalls;

    /// <summary>Decisions made.</summary>
    public ulong Decisions => _core.Decisions;

    /// <summary>P-state index last granted; before the first grant, the slowest allowed.</summary>
    public int LastGranted => _core.LastGranted;

    /// <summary>P-state index last asked for and answered; -1 when none, or when a failure left the state unknown.</summary>
    public int LastRequested => _core.LastRequested;

    /// <summary>Outcome of the last call.</summary>
    public FrequencyStatus LastStatus => _core.LastStatus;

    /// <summary>Factor (Q16.16) by which an application stretches its packet work while P-states are emulated; 65536 otherwise.</summary>
    public uint StretchQ16 => _transport.StretchQ16;

    /// <summary>Tells of one poll of the only queue, or of queue 0. Most calls cost less than 2 ns; about once a decision period one decides, and perhaps calls the host.</summary>
    /// <param name="received">Packets the poll returned.</param>
    /// <param name="backlog">Packets still in the rx ring (rte_eth_rx_queue_count); negative when the NIC cannot tell.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Observe(int received, int backlog)
    {
        bool due = received <= 0 ? _counters.CountEmpty() : _counters.CountBusy(received);
        if (due || backlog >= _counters.EscalateAt)
        {
            Turn(received, backlog);
        }
    }

    /// <summary>Asks for the fastest P-state, so that the thread is not left slow, and stops scaling.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        EscalateFrom(ScalingDecision.Never);
        _counters.Renew(long.MaxValue);
        if (_transport.ControlGranted && LastRequested != _core.Fastest)
        {
            ForceFastest(DecisionCause.Stop, Now());
        }

        if (_ownsTransport)
        {
            _transport.Dispose();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void Decide(int backlog)
    {
        if (_disposed)
        {
            _counters.Renew(long.MaxValue);
            return;
        }

        CheckThread();
        ulong now = Now();
        PollCounts counts = _counters.Counts;
        if (_shadow is not null && !Follow(_shadow, now, ref backlog, ref counts))
        {
            return;
        }

        if (_posted is not null)
        {
            Look(_posted, now);
        }

        (_decidedPolls, _decidedEmpty) = (counts.Polls, backlog == 0);
        ScalerStep step = _core.Decide(now, backlog, counts, _transport.ControlGranted);
        int before = LastGranted;
        if (step.Calls)
        {
            Ask(step.Target);
        }

        int escalateAt = _core.Finish(step);
        EscalateFrom(_shadow is null ? escalateAt : ScalingDecision.Never);
        if (_trace is not null && (step.Calls || _trace.EveryDecision))
        {
            Record(now, step.Backlog, before, step.Target, step.Cause, step.Calls, posted: _posted is not null);
        }

        Renew();
    }

    private void Renew()
    {
        if (_shadow is null)
        {
            _core.Tune(ref _counters);
        }
        else
        {
            _shadow.Tune(ref _counters);
        }

        _counters.Renew(_owed > 0 ? 1 : _periodTicks);
        _owed -= _owed > 0 ? 1 : 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Turn(int received, int backlog)
    {
        if (_queues is null)
        {
            Decide(backlog);
        }
        else
        {
            CheckQueue(0);
            Turn(_queues, 0, received, backlog);
        }
    }

    // With several queues each poll must reach the sum, so that the single queue's comparison is made to hold always.
    private void EscalateFrom(int backlog)
    {
        _counters.EscalateAt = _queues is null ? backlog : int.MinValue;
        if (_queues is not null)
        {
            _queues.EscalateAt = backlog;
        }
    }

    private void Start()
    {
        _trace?.Begin(Context().RingSize, _options.PeakPacketsPerSecond);
        _counters.Renew(_periodTicks);
        EscalateFrom(ScalingDecision.Never);
        _core.Tune(ref _counters);
        _core.Found(_transport.Call(new FrequencyCall(FrequencyOp.GetPState)));
        while (_transport.ControlGranted && _firstCalls.Wanted)
        {
            _firstCalls.Add(ForceFastest(DecisionCause.Start, Now()));
            if (LastStatus != FrequencyStatus.Granted)
            {
                break;
            }
        }
    }

    /// <returns>Ticks that the request took.</returns>
    private ulong ForceFastest(DecisionCause cause, ulong now)
    {
        int before = LastGranted;
        ulong ticks = Request(_core.Fastest);
        if (_trace is not null)
        {
            Record(now, -1, before, _core.Fastest, cause, called: true, posted: false);
        }

        return ticks;
    }

    private void Record(ulong now, int backlog, int before, int wanted, DecisionCause cause, bool called, bool posted) => _trace!.Write(new DecisionRecord
    {
        Ticks = now,
        Backlog = backlog,
        ArrivalsPerSecond = _explained?.ArrivalsPerSecond ?? 0,
        Before = before,
        After = LastGranted,
        Wanted = wanted,
        Cause = cause,
        Reason = _explained?.LastReason ?? DecisionReason.None,
        Called = called,
        Posted = called && posted,
        Status = LastStatus,
    });

    private void Ask(int target)
    {
        if (_posted is null)
        {
            _ = Request(target);
            return;
        }

        ulong before = Now();
        _posted.Post(new FrequencyCall(FrequencyOp.SetPState, target), before);
        _core.Posted(target, before, Now());
    }

    private void Look(IPostedTransport posted, ulong now)
    {
        PostedNews news = posted.Look(now);
        _core.Saw(news.PState, news.Progress, now);
        if (news.Answered)
        {
            ulong ticks = _core.Granted(news.Reply, now);
            _roundTrips?.Record(ticks);
        }
    }

    private ulong Request(int target)
    {
        ulong before = Now();
        FrequencyReply reply = _transport.Call(new FrequencyCall(FrequencyOp.SetPState, target));
        ulong ticks = _core.Answered(target, reply, before, _shadow is null ? Now() : _shadow.Call(before, reply));
        _roundTrips?.Record(ticks);
        return ticks;
    }

    // What is planned with is one ring, less what comes unseen while the other queues are polled.
    private GovernorContext Context() => new(
        _posted is null ? _transport.PStates : Seen(_transport.PStates), _frequency.KHz, QueueBacklogs.PlannedRing(_options.RingSize, _options.BurstSize, _options.Queues), _options.BurstSize, (ulong)_periodTicks)
    {
        PeakPacketsPerSecond = _options.PeakPacketsPerSecond,
        CallTime = _posted is null && _firstCalls.Typical is ulong ticks ? ScalerCheck.AtMostASecond(_frequency.ToNanoseconds(ticks)) : null,
    };

    // The grant of a posted request is seen by a decision, and that may have been made just before.
    private PStateTable Seen(PStateTable table) => new(
        table.KHz, table.FastestAllowed, table.SlowestAllowed, (uint)Math.Min(table.TransitionLatencyNs + (DecisionsToSee * (ulong)_options.DecisionPeriod.TotalNanoseconds), uint.MaxValue));

    private IGovernor Govern(GovernorContext context) => _options.Governor?.Invoke(context) ?? new OptimalAvailableGovernor(context);

    private LossStatement State(GovernorContext context)
    {
        if (_options.Logger is not null && Governor is OptimalAvailableGovernor { Knee: DelayKnee knee })
        {
            ScalerLog.DelayBoundChosen(_options.Logger, knee.Text);
        }

        return new LossStatement(
            ScalerCheck.Premises(_options, context, Governor, _transport, _frequency.ToNanoseconds(_firstCalls.Longest)),
            ScalerCheck.Warn(_options, context, _transport.ControlGranted), _options.Logger, _posted is null ? null : SlowestEffect, () => _wait.Problem);
    }

    // From the ring to the first sight of the grant, and on to its effect: an upper bound.
    private ulong SlowestEffect() => _frequency.ToNanoseconds(_core.SlowestGrant) + _posted!.EffectNs;

    private ulong Now() => _ticks is null ? TscClock.Now : _ticks();

    private void CheckThread()
    {
        if (Environment.CurrentManagedThreadId != _threadId)
        {
            throw new InvalidOperationException(
                "An LcoreScaler belongs to the thread that made it, for port permission and CPU pinning are that thread's; make one on each thread that polls.");
        }
    }

    private void CheckUsable()
    {
        CheckThread();
        ObjectDisposedException.ThrowIf(_disposed, this);
    }
}
