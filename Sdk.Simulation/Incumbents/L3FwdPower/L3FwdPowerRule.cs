namespace PollScale.Simulation.Incumbents;

/// <summary>
/// The legacy rule of DPDK's l3fwd-power for one lcore and its rx queues, as a state machine: the caller tells what the loop saw, the
/// rule tells what the loop does. It equals the original event for event on recorded runs of it.
/// </summary>
/// <remarks>
/// <para>Up: after a poll that returned packets, a backlog above 96 asks for the fastest P-state in the same pass; above 64 or 32 it
/// adds 100 or 1 to a trend, and a trend above 10000 asks for one step. Down: one step a timer period when a quarter of it was slept or
/// fewer than 32 packets came per pass. Idle, that is more than 10 empty polls in a row on every queue: waits of 1 us, then from the
/// 300th empty poll on waits for an interrupt.</para>
/// <para>Call, in this order: <see cref="OnLoopTop"/> and, when it says so, the timer's part: <see cref="TimerDue"/>,
/// <see cref="OnTimer"/>, <see cref="ArmTimer"/>; then <see cref="BeginPass"/>; for each queue <see cref="OnReceived"/> and, when it says
/// so, <see cref="OnQueueCount"/>; then <see cref="EndPass"/>.</para>
/// </remarks>
internal sealed class L3FwdPowerRule
{
    private const uint AssumedRingSize = 128;
    private const uint MinimumSleepUs = 1;
    private readonly L3FwdPowerOptions _options;
    private readonly uint[] _emptyPolls;
    private readonly uint[] _idleHints;
    private readonly L3FwdPowerStep[] _upHints;
    private readonly ulong _periodTicks;
    private readonly float _periodUs;
    private readonly uint _gear1;
    private readonly uint _gear2;
    private int _idleQueues;
    private bool _inGear;
    private uint _trend;
    private uint _sleptUs;
    private ulong _received;
    private ulong _passes;
    private ulong _served;
    private ulong _expires;

    /// <summary>Makes the rule's state as at the start of the loop.</summary>
    /// <param name="queues">Rx queues, 1 .. 128.</param>
    /// <param name="clockHz">Ticks a second of the clock values.</param>
    /// <param name="clock">Clock at the start; the timer is armed there.</param>
    /// <param name="options">Settings; null takes the original's.</param>
    /// <param name="ringSize">Descriptors of an rx ring; used where <see cref="L3FwdPowerOptions.FixedThresholds"/> is off.</param>
    /// <exception cref="ArgumentException">An argument is out of range.</exception>
    public L3FwdPowerRule(int queues, ulong clockHz, ulong clock, L3FwdPowerOptions? options = null, int ringSize = (int)AssumedRingSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(queues, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(queues, 128);
        ArgumentOutOfRangeException.ThrowIfZero(clockHz);
        ArgumentOutOfRangeException.ThrowIfLessThan(ringSize, 1);
        _options = options ?? new L3FwdPowerOptions();
        _options.Validate();
        _emptyPolls = new uint[queues];
        _idleHints = new uint[queues];
        _upHints = new L3FwdPowerStep[queues];
        _periodTicks = (ulong)((UInt128)clockHz * (ulong)_options.TimerPeriod.Ticks / TimeSpan.TicksPerSecond);
        _periodUs = (float)_options.TimerPeriod.TotalMicroseconds;
        ulong ring = _options.FixedThresholds ? AssumedRingSize : (ulong)ringSize;
        _gear1 = Scaled(_options.Gear1Packets, ring);
        _gear2 = Scaled(_options.Gear2Packets, ring);
        MaxAbove = Scaled(_options.Gear3Packets, ring);
        ArmTimer(clock);
    }

    /// <summary>Backlog above which the fastest P-state is asked for.</summary>
    public uint MaxAbove { get; }

    /// <summary>Begins a turn of the loop.</summary>
    /// <returns>True when timers are to be served.</returns>
    public bool OnLoopTop(ulong clock)
    {
        _passes++;
        if (clock - _served <= _periodTicks)
        {
            return false;
        }

        _served = clock;
        return true;
    }

    /// <summary>Whether a service at this clock value finds the timer expired.</summary>
    public bool TimerDue(ulong clock) => !_options.TimerRace || _expires <= clock;

    /// <summary>The timer's callback.</summary>
    /// <returns>True to step down by one P-state (rte_power_freq_down); in any case <see cref="ArmTimer"/> follows.</returns>
    public bool OnTimer()
    {
        // Integer division: 31.99 packets a pass are below 32.
        bool down = _sleptUs / _periodUs >= _options.SleepRatio || (uint)(_received / Math.Max(1, _passes)) < _options.PacketsPerPass;
        _received = 0;
        _passes = 0;
        _sleptUs = 0;
        return down;
    }

    /// <summary>Arms the timer.</summary>
    /// <param name="clock">Clock after the step down has returned.</param>
    public void ArmTimer(ulong clock) => _expires = clock + _periodTicks;

    /// <summary>Begins a pass over all queues.</summary>
    public void BeginPass()
    {
        _idleQueues = 0;
        _inGear = false;
    }

    /// <summary>Takes in a poll.</summary>
    /// <param name="queue">Queue polled.</param>
    /// <param name="packets">Packets it returned.</param>
    /// <returns>True when <see cref="OnQueueCount"/> is to be told this queue's backlog.</returns>
    public bool OnReceived(int queue, uint packets)
    {
        _idleHints[queue] = 0;
        _received += packets;
        if (packets > 0)
        {
            _emptyPolls[queue] = 0;
            return true;
        }

        if (!_options.StickyHints)
        {
            _upHints[queue] = L3FwdPowerStep.None;
        }

        uint empty = ++_emptyPolls[queue];
        if (empty > _options.MinEmptyPolls)
        {
            _idleHints[queue] = empty < _options.SuspendPolls ? MinimumSleepUs : _options.SuspendPolls;
            _idleQueues++;
        }

        return false;
    }

    /// <summary>Takes in the backlog that a poll left.</summary>
    /// <param name="queue">Queue polled.</param>
    /// <param name="count">Outcome of rte_eth_rx_queue_count, which is a negative error where the NIC cannot tell.</param>
    public void OnQueueCount(int queue, int count)
    {
        // The original keeps the outcome in an unsigned variable.
        uint backlog = count < 0 && !_options.NegativeCountIsHuge ? 0 : (uint)count;
        _inGear |= backlog > _gear1;
        if (backlog > MaxAbove)
        {
            _trend = 0;
            _upHints[queue] = L3FwdPowerStep.FrequencyMax;
            return;
        }

        _trend += backlog > _gear2 ? _options.Gear2Trend : backlog > _gear1 ? _options.Gear1Trend : 0;
        bool up = _trend > _options.TrendThreshold;
        _trend = up ? 0 : _trend;
        _upHints[queue] = up ? L3FwdPowerStep.FrequencyUp : L3FwdPowerStep.None;
    }

    /// <summary>Ends a pass over all queues.</summary>
    public L3FwdPowerAction EndPass()
    {
        if (!_inGear && !_options.TrendNeverDecays)
        {
            _trend = 0;
        }

        if (_idleQueues != _emptyPolls.Length)
        {
            return new L3FwdPowerAction(Highest(_upHints));
        }

        uint hint = Lowest(_idleHints);
        bool sleep = hint >= _options.SuspendPolls && _options.Interrupts;
        if (sleep && _options.NoDownAsleep)
        {
            return new L3FwdPowerAction(L3FwdPowerStep.Sleep, SkipsLoopTop: true);
        }

        // Without interrupts this counts 300 us of sleep though nothing was slept.
        _sleptUs += hint;
        return hint < _options.SuspendPolls
            ? new L3FwdPowerAction(L3FwdPowerStep.Delay, hint)
            : new L3FwdPowerAction(sleep ? L3FwdPowerStep.Sleep : L3FwdPowerStep.None);
    }

    private static uint Scaled(uint packets, ulong ring) => (uint)Math.Min(packets * ring / AssumedRingSize, uint.MaxValue);

    private static L3FwdPowerStep Highest(L3FwdPowerStep[] hints)
    {
        L3FwdPowerStep highest = L3FwdPowerStep.None;
        foreach (L3FwdPowerStep hint in hints)
        {
            highest = hint > highest ? hint : highest;
        }

        return highest;
    }

    private static uint Lowest(uint[] hints)
    {
        uint lowest = uint.MaxValue;
        foreach (uint hint in hints)
        {
            lowest = Math.Min(lowest, hint);
        }

        return lowest;
    }
}
