using PollScale.Governors;
using PollScale.Polling;

namespace PollScale.Simulation.Incumbents;

/// <summary>
/// Open vSwitch's load based sleeping of PMD threads (other_config:pmd-sleep-max): after a poll the thread sleeps, a microsecond longer each
/// time up to the most, until a poll returns half a batch. The fastest P-state throughout.
/// </summary>
/// <remarks>After pmd_thread_main in lib/dpif-netdev.c and Documentation/topics/dpdk/pmd.rst. One rx queue; in a sample of several polls each got as many packets.</remarks>
internal sealed class PmdSleepGovernor : ISleepingGovernor
{
    private readonly ScalingDecision _decision;
    private readonly double _mostTicks;
    private readonly double _incrementTicks;
    private readonly ulong _wakeTicks;
    private readonly uint _wakePackets;
    private double _sleepTicks;

    /// <summary>Makes a governor.</summary>
    /// <param name="context">What it is made for.</param>
    /// <param name="options">Settings; null takes the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public PmdSleepGovernor(GovernorContext context, PmdSleepOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        options ??= new PmdSleepOptions();
        options.Validate();
        _decision = new ScalingDecision(context.PStates.FastestAllowed);
        _mostTicks = context.Ticks(options.MaxSleep);
        _incrementTicks = context.Ticks(options.Increment);
        _wakeTicks = (ulong)context.Ticks(options.WakeTime);
        _wakePackets = options.WakePackets;
    }

    /// <inheritdoc/>
    public LcoreSleep Sleep { get; private set; }

    /// <inheritdoc/>
    public ScalingDecision Decide(in QueueSample sample)
    {
        ulong busy = sample.Polls > sample.EmptyPolls ? sample.Polls - sample.EmptyPolls : 0;
        if (busy > 0 && sample.Received >= _wakePackets * busy)
        {
            _sleepTicks = 0;
        }

        Sleep = _sleepTicks > 0 ? new LcoreSleep((ulong)_sleepTicks, _wakeTicks) : default;

        // As in the original: the last increment may pass the most, and the sleep after it is cut.
        double longer = _sleepTicks + (_incrementTicks * sample.Polls);
        _sleepTicks = _mostTicks == 0 ? 0 : _sleepTicks < _mostTicks && sample.Polls <= 1 ? longer : Math.Min(longer, _mostTicks);
        return _decision;
    }
}
