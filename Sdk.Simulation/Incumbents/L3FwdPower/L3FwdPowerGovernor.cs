using PollScale.Governors;
using PollScale.Hypercall;
using PollScale.Polling;

namespace PollScale.Simulation.Incumbents;

/// <summary>
/// DPDK's l3fwd-power (legacy mode) as a governor for one rx queue: an <see cref="L3FwdPowerRule"/> fed from samples, with the P-state
/// steps of rte_power: up and down by one index, max to the fastest allowed, the wanted index kept whatever the host grants.
/// </summary>
/// <remarks>
/// <para>With one poll a sample it decides as the original does. A sample of several polls does not tell their order: the empty ones
/// are taken to have come first, all at equal distances, and every other one to have left the sample's backlog; more than 1024 polls of a
/// kind are cut off. The backlog above which the original asks for its maximum asks for a decision at once.</para>
/// <para>The original also waits, which a governor cannot: empty polls that fall into a wait (1 us, or 10 ms for an interrupt) are left
/// out, as they would not have been made, and a poll with packets ends the wait. A simulated lcore sleeps while an interrupt is awaited; the
/// waits of 1 us are busy ones in the original too.</para>
/// </remarks>
internal sealed class L3FwdPowerGovernor : ICallingGovernor, ISleepingGovernor
{
    private const int MaxReplayedPolls = 1024;
    private const ulong MaxElapsedTicks = 1UL << 48;
    private const double InterruptWaitUs = 10_000;
    private readonly PStateTable _pStates;
    private readonly L3FwdPowerRule _rule;
    private readonly double _ticksPerUs;
    private readonly ulong _callTicks;
    private readonly ulong _wakeTicks;
    private readonly bool _unknownIsHuge;
    private BacklogReader _backlog;
    private ulong _clock;
    private ulong _waitsUntil;
    private bool _skipsLoopTop;
    private int _target;

    /// <summary>Makes a governor.</summary>
    /// <param name="context">What it is made for.</param>
    /// <param name="options">Settings; null takes the original's.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public L3FwdPowerGovernor(GovernorContext context, L3FwdPowerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        options ??= new L3FwdPowerOptions();
        _pStates = context.PStates;
        _rule = new L3FwdPowerRule(queues: 1, context.TscKHz * 1000UL, clock: 0, options, context.RingSize);
        _ticksPerUs = context.TscKHz / 1000.0;
        _unknownIsHuge = options.NegativeCountIsHuge;
        _callTicks = (ulong)(options.FrequencyCallTime.TotalMicroseconds * _ticksPerUs);

        _wakeTicks = (ulong)(options.WakeTime.TotalMicroseconds * _ticksPerUs);

        // rte_power goes to the fastest when it is initialised.
        _target = _pStates.FastestAllowed;
    }

    /// <inheritdoc/>
    public bool Called { get; private set; }

    /// <inheritdoc/>
    public LcoreSleep Sleep { get; private set; }

    /// <inheritdoc/>
    public ScalingDecision Decide(in QueueSample sample)
    {
        Called = false;
        Sleep = default;
        ulong start = _clock;
        ulong elapsed = Math.Min(sample.ElapsedTicks, MaxElapsedTicks);
        _clock += elapsed;
        uint empty = Math.Min(sample.EmptyPolls, sample.Polls);
        uint busy = sample.Polls - empty;
        int backlog = _unknownIsHuge ? sample.Backlog : _backlog.Read(sample);
        if (sample.Polls > 0)
        {
            double spacing = elapsed / (double)sample.Polls;
            ReplayEmpty(start, spacing, empty, last: busy == 0);
            ReplayBusy(start, spacing, empty, busy, sample.Received, backlog);
        }

        bool atMax = _target == _pStates.FastestAllowed;
        return new ScalingDecision(_target, atMax ? ScalingDecision.Never : (int)Math.Min(_rule.MaxAbove + 1UL, ScalingDecision.Never - 1));
    }

    private void ReplayEmpty(ulong start, double spacing, uint polls, bool last)
    {
        ulong poll = 1;
        for (int replayed = 0; poll <= polls && replayed < MaxReplayedPolls; replayed++)
        {
            ulong clock = last && poll == polls ? _clock : At(start, spacing, poll);
            if (clock >= _waitsUntil)
            {
                Pass(clock, 0, 0);
                poll++;
                continue;
            }

            // On to the first poll after the wait; none when the wait outlasts them.
            double next = Math.Ceiling((_waitsUntil - start) / spacing);
            poll = next > polls || poll == polls ? polls + 1UL : (ulong)Math.Max(next, poll + 1);
        }
    }

    private void ReplayBusy(ulong start, double spacing, uint empty, uint polls, uint received, int backlog)
    {
        uint packets = polls == 0 ? 0 : Math.Max(1, received / polls);
        uint replayed = Math.Min(polls, MaxReplayedPolls);
        for (uint poll = 1; poll <= replayed; poll++)
        {
            Pass(poll == polls ? _clock : At(start, spacing, (ulong)empty + poll), packets, backlog);
        }
    }

    private static ulong At(ulong start, double spacing, ulong poll) => start + (ulong)(spacing * poll);

    private void Pass(ulong clock, uint packets, int backlog)
    {
        if (!_skipsLoopTop && _rule.OnLoopTop(clock) && _rule.TimerDue(clock))
        {
            bool down = _rule.OnTimer();
            _target = down ? _pStates.Clamp(_target + 1L) : _target;
            Called |= down;
            _rule.ArmTimer(down ? clock + _callTicks : clock);
        }

        _rule.BeginPass();
        if (_rule.OnReceived(0, packets))
        {
            _rule.OnQueueCount(0, backlog);
        }

        L3FwdPowerAction action = _rule.EndPass();
        _skipsLoopTop = action.SkipsLoopTop;
        _target = action.Step switch
        {
            L3FwdPowerStep.FrequencyUp => _pStates.Clamp(_target - 1L),
            L3FwdPowerStep.FrequencyMax => _pStates.FastestAllowed,
            _ => _target,
        };
        Called |= action.Step is L3FwdPowerStep.FrequencyUp or L3FwdPowerStep.FrequencyMax;
        bool sleeps = action.Step == L3FwdPowerStep.Sleep;
        ulong wait = (ulong)((sleeps ? InterruptWaitUs : action.DelayUs) * _ticksPerUs);
        _waitsUntil = clock + wait;
        Sleep = sleeps ? new LcoreSleep(wait, _wakeTicks, EndsAtPacket: true) : default;
    }
}
