using System.Diagnostics;
using System.Runtime.CompilerServices;
using PollScale.Clock;
using PollScale.Governors;
using PollScale.Hypercall;
using PollScale.Polling;
using PollScale.Telemetry;
using PollScale.Transports;

namespace PollScale;

/// <summary>
/// Scales the core of one polling thread: tell it every poll through <see cref="Observe"/>. Make, use and dispose it on that
/// thread; only <see cref="Counters"/> and the plain properties may be read from others.
/// </summary>
/// <remarks>
/// It starts at the fastest P-state and goes back there when disposed. When the host refuses or fails it asks ever more rarely
/// (100 us .. 1 s between attempts) and polling goes on at the speed there is.
/// </remarks>
public sealed class LcoreScaler : IDisposable
{
    private readonly IFrequencyTransport _transport;
    private readonly bool _ownsTransport;
    private readonly IGovernor _governor;
    private readonly PStateTable _pStates;
    private readonly LogLinearHistogram? _roundTrips;
    private readonly Func<ulong>? _ticks;
    private readonly int _threadId = Environment.CurrentManagedThreadId;
    private readonly long _periodTicks;
    private readonly ulong _latencyTicks;
    private PollCounters _counters;
    private PollCounters _sampled;
    private CreditTuner _tuner;
    private CallBackoff _backoff;
    private ulong _sampledTsc;
    private ulong _settledTsc;
    private ulong _callTicks;
    private bool _disposed;

    /// <summary>Makes a scaler for the calling thread.</summary>
    /// <param name="options">Settings; null takes the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="InvalidOperationException">The thread is not pinned as required.</exception>
    /// <exception cref="FrequencyControlUnavailableException">No transport was given and no host was found.</exception>
    public LcoreScaler(LcoreScalerOptions? options = null)
    {
        options ??= new LcoreScalerOptions();
        options.Validate();
        Lcore = CpuPinning.Apply(options.Pinning, options.Cpu);
        TscFrequency frequency = options.Frequency ?? TscClock.Frequency;
        _ticks = options.Ticks;
        _roundTrips = options.RoundTrips;
        _periodTicks = Math.Max(1, (long)frequency.FromTimeSpan(options.DecisionPeriod));
        _ownsTransport = options.Transport is null;
        _transport = options.Transport ?? TransportProbe.Choose();
        try
        {
            _pStates = _transport.PStates;
            _latencyTicks = frequency.FromNanoseconds(_pStates.TransitionLatencyNs);
            GovernorContext context = new(_pStates, frequency.KHz, options.RingSize, options.BurstSize, (ulong)_periodTicks);
            _governor = options.Governor?.Invoke(context) ?? new DrainTimeGovernor(context);
        }
        catch
        {
            if (_ownsTransport)
            {
                _transport.Dispose();
            }

            throw;
        }

        _tuner = new CreditTuner(frequency);
        _backoff = new CallBackoff(frequency);
        _counters.SetBurst(options.BurstSize);
        Start();
    }

    /// <summary>CPU of the thread.</summary>
    public LcoreId Lcore { get; }

    /// <summary>The transport in use.</summary>
    public IFrequencyTransport Transport => _transport;

    /// <summary>The governor in use.</summary>
    public IGovernor Governor => _governor;

    /// <summary>Running counts of polls and packets.</summary>
    public ref readonly PollCounters Counters => ref _counters;

    /// <summary>Frequency calls made.</summary>
    public ulong Calls { get; private set; }

    /// <summary>Calls that the host answered with an error.</summary>
    public ulong FailedCalls { get; private set; }

    /// <summary>Decisions made.</summary>
    public ulong Decisions { get; private set; }

    /// <summary>P-state index last granted; before the first grant, the slowest allowed.</summary>
    public int LastGranted { get; private set; }

    /// <summary>P-state index last asked for and answered; -1 when none, or when a failure left the state unknown.</summary>
    public int LastRequested { get; private set; } = -1;

    /// <summary>Outcome of the last call.</summary>
    public FrequencyStatus LastStatus { get; private set; }

    /// <summary>Factor (Q16.16) by which an application stretches its packet work while P-states are emulated; 65536 otherwise.</summary>
    public uint StretchQ16 => _transport.StretchQ16;

    /// <summary>Tells of one poll. Most calls cost less than 2 ns; about once a decision period one decides, and perhaps calls the host.</summary>
    /// <param name="received">Packets the poll returned.</param>
    /// <param name="backlog">Packets still in the rx ring (rte_eth_rx_queue_count); negative when the NIC cannot tell.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Observe(int received, int backlog)
    {
        AssertThread();
        ref PollCounters counters = ref _counters;
        bool due = received <= 0 ? counters.CountEmpty() : counters.CountBusy(received);
        if (due || backlog >= counters.EscalateAt)
        {
            Decide(backlog);
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
        _counters.EscalateAt = ScalingDecision.Never;
        _counters.Renew(long.MaxValue);
        if (_transport.ControlGranted && LastRequested != _pStates.FastestAllowed)
        {
            Request(_pStates.FastestAllowed);
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

        ulong now = Now();
        QueueSample sample = Sample(now, backlog);
        _tuner.Learn(sample, ref _counters);
        Decisions++;
        ScalingDecision decision = _governor.Decide(sample);
        int target = _backoff.FailHigh ? _pStates.FastestAllowed : _pStates.Clamp(decision.PState);
        bool mayCall = _transport.ControlGranted && _backoff.MayCall(now);
        if (target != LastRequested && mayCall)
        {
            Request(target);
        }

        // A governor that wants the same backlog again and again must not turn every poll into a decision.
        _counters.EscalateAt = mayCall && !_backoff.Failing ? Math.Max(decision.EscalateAt, Math.Min(backlog, int.MaxValue - 1) + 1) : ScalingDecision.Never;
        _counters.Renew(_periodTicks);
    }

    private void Start()
    {
        _counters.Renew(_periodTicks);
        _counters.EscalateAt = ScalingDecision.Never;
        _tuner.Apply(ref _counters);
        LastGranted = _pStates.SlowestAllowed;
        FrequencyReply state = _transport.Call(new FrequencyCall(FrequencyOp.GetPState));
        if (!state.IsError && state.Value < _pStates.Count)
        {
            LastGranted = (int)state.Value;
        }

        if (_transport.ControlGranted)
        {
            Request(_pStates.FastestAllowed);
        }

        _callTicks = 0;
        _sampledTsc = Now();
    }

    private QueueSample Sample(ulong now, int backlog)
    {
        QueueSample sample = new()
        {
            ElapsedTicks = now > _sampledTsc ? now - _sampledTsc : 0,
            CallTicks = _callTicks,
            Received = (uint)(_counters.Received - _sampled.Received),
            Backlog = Math.Max(backlog, -1),
            Polls = (uint)(_counters.Polls - _sampled.Polls),
            EmptyPolls = (uint)(_counters.EmptyPolls - _sampled.EmptyPolls),
            FullPolls = (uint)(_counters.FullPolls - _sampled.FullPolls),
            PState = LastGranted,
            Settled = _sampledTsc >= _settledTsc,
        };
        _sampled = _counters;
        _sampledTsc = now;
        _callTicks = 0;
        return sample;
    }

    private void Request(int target)
    {
        ulong before = Now();
        FrequencyReply reply = _transport.Call(new FrequencyCall(FrequencyOp.SetPState, target));
        ulong after = Now();
        _callTicks = after > before ? after - before : 0;
        _roundTrips?.Record(_callTicks);
        Calls++;
        bool nonsense = !reply.IsError && reply.Value >= _pStates.Count;
        LastStatus = nonsense ? FrequencyStatus.BackendFailed : reply.Status;
        if (LastStatus == FrequencyStatus.Granted)
        {
            LastGranted = (int)reply.Value;
            LastRequested = target;
            _settledTsc = after + _latencyTicks;
            _backoff.Succeeded();
        }
        else
        {
            FailedCalls++;
            LastRequested = LastStatus == FrequencyStatus.BackendFailed ? -1 : LastRequested;
            _backoff.Failed(LastStatus, after);
        }
    }

    private ulong Now() => _ticks is null ? TscClock.Now : _ticks();

    [Conditional("DEBUG")]
    private void AssertThread() => Debug.Assert(
        Environment.CurrentManagedThreadId == _threadId,
        "An LcoreScaler belongs to the thread that made it: port permission and CPU pinning are that thread's.");
}
