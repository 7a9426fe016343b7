using PollScale.Clock;
using PollScale.Governors;
using PollScale.Hypercall;
using PollScale.Polling;

namespace PollScale.Scaling;

/// <summary>
/// How one lcore is scaled: counts and ticks in; sample, target and cause out, when to ask the host, and what its answers mean. It has
/// no clock, no transport and no I/O of its own, allocates nothing and belongs to one thread. A driver gives it what happened:
/// <see cref="LcoreScaler"/> what did, the simulator what would.
/// </summary>
/// <remarks>
/// A decision is <see cref="Decide"/>; a call where the step says so, told by <see cref="Answered"/>, or by <see cref="Posted"/> and, before later
/// decisions, <see cref="Saw"/> and <see cref="Granted"/>; and <see cref="Finish"/>. After a
/// refusal or failure it asks ever more rarely (<see cref="CallBackoff"/>); after a leap of the clock (<see cref="LeapDetector"/>) it asks
/// for the fastest and waits for a few samples before it follows the governor.
/// </remarks>
internal sealed partial class ScalerCore
{
    private const int SamplesAfterLeap = 8;

    // Polls and packets that took what they were expected to, to a sixty-fourth, teach nothing.
    private const double AsExpected = 1.0 / 64;
    private readonly PStateTable _pStates;
    private readonly TscFrequency _frequency;
    private readonly ulong _latencyTicks;
    private IGovernor? _governor;
    private CreditTuner _tuner;
    private CallBackoff _backoff;
    private LeapDetector _leaps;
    private ulong _polls, _emptyPolls, _fullPolls, _received;
    private int _wary;
    private ulong _sampledTsc;
    private ulong _settledTsc;
    private ulong _callTicks;
    private ulong _idleTicks, _lateTicks;
    private IWaitingGovernor? _waiting;

    /// <param name="context">P-states, decision period and unit of ticks, as they are.</param>
    public ScalerCore(GovernorContext context)
    {
        TscFrequency frequency = new(context.TscKHz, TscSource.Calibration);
        _frequency = frequency;
        _pStates = context.PStates;
        _latencyTicks = frequency.FromNanoseconds(_pStates.TransitionLatencyNs);
        _tuner = new CreditTuner(frequency);
        _backoff = new CallBackoff(frequency);
        _leaps = new LeapDetector(frequency, context.DecisionTicks);
        LastGranted = _pStates.SlowestAllowed;
    }

    /// <summary>Backlogs of several queues; null with one.</summary>
    public QueueBacklogs? Queues { get; private set; }

    /// <summary>P-state index that is asked for at the start, at the end, and when nothing is known.</summary>
    public int Fastest => _pStates.FastestAllowed;

    /// <summary>Times the clock leapt.</summary>
    public ulong ClockLeaps { get; private set; }

    /// <summary>Decisions made.</summary>
    public ulong Decisions { get; private set; }

    /// <summary>Calls answered, or posted.</summary>
    public ulong Calls { get; private set; }

    /// <summary>Calls answered with an error.</summary>
    public ulong FailedCalls { get; private set; }

    /// <summary>P-state index last granted, or seen in force; before the first grant, the slowest allowed.</summary>
    public int LastGranted { get; private set; }

    /// <summary>P-state index last asked for, and answered or posted; -1 when none, or when a failure left the state unknown.</summary>
    public int LastRequested { get; private set; } = -1;

    /// <summary>Outcome of the last call.</summary>
    public FrequencyStatus LastStatus { get; private set; }

    /// <summary>Takes queues, and the governor that plans with what they leave of a ring: before the first decision, and whenever they change.</summary>
    /// <param name="queues">Backlogs of several queues; null with one.</param>
    /// <param name="governor">The rule from here on.</param>
    public void Plan(QueueBacklogs? queues, IGovernor governor)
    {
        Queues = queues;
        _governor = governor;
        _waiting = governor as IWaitingGovernor;
        MayWait = 0;
    }

    /// <summary>Takes the P-state found at the start; one that is not in the table tells nothing.</summary>
    public void Found(FrequencyReply state) => LastGranted = !state.IsError && state.Value < _pStates.Count ? (int)state.Value : LastGranted;

    /// <summary>Takes a P-state as asked for and granted.</summary>
    public void Assume(int pState) => LastGranted = LastRequested = _held = pState;

    /// <summary>Begins the first sample.</summary>
    public void Begin(ulong now)
    {
        _sampledTsc = now;
        _callTicks = _idleTicks = _lateTicks = 0;
    }

    /// <summary>How long the loop may wait after the last decision, in ticks, where no packet waits; 0 for not at all, as where the host does not answer.</summary>
    public ulong MayWait { get; private set; }

    /// <summary>Takes in a wait that followed the last decision, and with it what that decision took: what polls cost is told by the rest of the sample.</summary>
    /// <param name="asked">Ticks that it was to take.</param>
    /// <param name="from">Ticks at its begin.</param>
    /// <param name="to">Ticks at its end.</param>
    public void Waited(ulong asked, ulong from, ulong to)
    {
        ulong took = to > from ? to - from : 0, since = to > _sampledTsc ? to - _sampledTsc : 0; // the clock may leap
        _idleTicks = since > _callTicks ? since - _callTicks : 0;
        _lateTicks = took > asked ? took - asked : 0;
        MayWait = 0;
    }

    /// <summary>Decides.</summary>
    /// <param name="now">Ticks; they may leap.</param>
    /// <param name="backlog">Packets waiting, over all queues; negative when unknown.</param>
    /// <param name="counts">Polls so far.</param>
    /// <param name="controlGranted">The host lets P-states be changed.</param>
    public ScalerStep Decide(ulong now, int backlog, in PollCounts counts, bool controlGranted)
    {
        uint polls = (uint)(counts.Polls - _polls), received = (uint)(counts.Received - _received);
        double explained = _tuner.Expected(polls, received);
        bool leapt = _leaps.Observe(unchecked((long)(now - _sampledTsc)), _callTicks + _idleTicks, explained);
        Wait(now, leapt);
        QueueSample sample = new(
            now > _sampledTsc ? now - _sampledTsc : 0,
            _callTicks,
            received,
            Math.Max(backlog, -1),
            Queues?.Guessed ?? 0,
            polls,
            (uint)(counts.EmptyPolls - _emptyPolls),
            (uint)(counts.FullPolls - _fullPolls),
            _pending && LastRequested >= 0 ? LastRequested : LastGranted, // granted, or posted
            _sampledTsc >= _settledTsc && !_pending && !_leaps.Stalled,
            _idleTicks,
            _lateTicks);
        if (leapt)
        {
            sample = AfterLeap(now, sample);
        }

        (_polls, _emptyPolls, _fullPolls, _received) = (counts.Polls, counts.EmptyPolls, counts.FullPolls, counts.Received);
        _sampledTsc = now;
        _callTicks = _idleTicks = _lateTicks = 0;
        if (!_leaps.Stalled && sample.IdleTicks == 0 && Math.Abs(sample.PollingTicks - explained) > explained * AsExpected)
        {
            _tuner.Learn(sample);
        }

        Decisions++;
        ScalingDecision decision = _governor!.Decide(sample);
        DecisionCause cause = _wary > 0 ? DecisionCause.ClockLeap : _backoff.FailHigh ? DecisionCause.FailHigh : DecisionCause.Governor;
        int target = cause == DecisionCause.Governor ? _pStates.Clamp(decision.PState) : Fastest;
        bool mayCall = controlGranted && _backoff.MayCall(now);
        MayWait = cause == DecisionCause.Governor && mayCall && target == LastRequested ? _waiting?.WaitTicks ?? 0 : 0;
        return new ScalerStep(decision, sample.Backlog, target, cause, target != LastRequested && mayCall, mayCall, controlGranted);
    }

    /// <summary>Takes the answer of a call in.</summary>
    /// <param name="target">P-state that was asked for.</param>
    /// <param name="reply">The answer.</param>
    /// <param name="before">Ticks at the start of the call.</param>
    /// <param name="after">Ticks at its end.</param>
    /// <returns>Ticks that it took.</returns>
    public ulong Answered(int target, FrequencyReply reply, ulong before, ulong after)
    {
        bool nonsense = !reply.IsError && reply.Value >= _pStates.Count;
        Took(before, after, nonsense ? FrequencyStatus.BackendFailed : reply.Status);
        if (LastStatus == FrequencyStatus.Granted)
        {
            LastGranted = (int)reply.Value;
            LastRequested = _held = target;
            _pending = false;
            _settledTsc = after + _latencyTicks;
            _backoff.Succeeded();
        }
        else
        {
            LastRequested = LeavesUnknown(LastStatus) ? -1 : LastRequested;
            _backoff.Failed(LastStatus, after);
        }

        return _callTicks;
    }

    /// <summary>Takes a failed call in whose answer nobody heeds, as a guest does that does not look at it.</summary>
    public void Unheeded(int target, ulong before, ulong after)
    {
        Took(before, after, FrequencyStatus.BackendFailed);
        LastRequested = target;
    }

    /// <summary>Ends a decision, after its call.</summary>
    /// <returns>Backlog at which the next is due at once; <see cref="ScalingDecision.Never"/> when at none.</returns>
    public int Finish(in ScalerStep step)
    {
        _wary -= _wary > 0 && (LastRequested >= 0 || !step.ControlGranted) ? 1 : 0;

        // A governor that wants the same backlog again and again must not turn every poll into a decision.
        return step.MayCall && !_backoff.Failing
            ? Math.Max(step.Decision.EscalateAt, Math.Min(step.Backlog, int.MaxValue - 1) + 1)
            : ScalingDecision.Never;
    }

    /// <summary>Lets a poll loop's counters charge what a poll and a packet are known to cost.</summary>
    public void Tune(ref PollCounters counters) => _tuner.Apply(ref counters);

    private void Took(ulong before, ulong after, FrequencyStatus status)
    {
        _callTicks = after > before ? after - before : 0;
        Calls++;
        LastStatus = status;
        FailedCalls += status == FrequencyStatus.Granted ? 0u : 1u;
    }

    // The host may be another one, and what was granted gone: nothing is known but the backlog.
    private QueueSample AfterLeap(ulong now, in QueueSample sample)
    {
        ClockLeaps++;
        LastRequested = -1;
        _wary = SamplesAfterLeap;
        _settledTsc = now;
        return new QueueSample { ClockLeapt = true, Backlog = sample.Backlog, GuessedBacklog = sample.GuessedBacklog, PState = LastGranted };
    }
}
