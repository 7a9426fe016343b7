using PollScale.Governors;
using PollScale.Polling;

namespace PollScale.Simulation.Incumbents;

/// <summary>
/// VPP's poll-sleep-usec: the main loop sleeps for a fixed time after each turn, whatever the load; a turn takes a frame of packets at
/// most. The fastest P-state throughout.
/// </summary>
/// <remarks>
/// After src/vlib/file.c (vlib_file_poll; earlier src/vlib/unix/input.c), where only the main thread sleeps: a VPP without workers. A turn here is
/// as many polls as it takes for one that is not full, or for a frame of 256 packets, which VPP's input node takes by itself.
/// </remarks>
internal sealed class PollSleepGovernor : ISleepingGovernor
{
    private readonly ScalingDecision _decision;
    private readonly LcoreSleep _sleep;
    private readonly uint _framePackets;
    private ulong _taken;

    /// <summary>Makes a governor.</summary>
    /// <param name="context">What it is made for.</param>
    /// <param name="options">Settings; null takes the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public PollSleepGovernor(GovernorContext context, PollSleepOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        options ??= new PollSleepOptions();
        options.Validate();
        _decision = new ScalingDecision(context.PStates.FastestAllowed);
        _sleep = new LcoreSleep((ulong)context.Ticks(options.Sleep), (ulong)context.Ticks(options.WakeTime));
        _framePackets = options.FramePackets;
    }

    /// <inheritdoc/>
    public LcoreSleep Sleep { get; private set; }

    /// <inheritdoc/>
    public ScalingDecision Decide(in QueueSample sample)
    {
        _taken += sample.Received;
        bool turned = sample.Polls > sample.FullPolls || _taken >= _framePackets;
        _taken = turned ? 0 : _taken;
        Sleep = turned ? _sleep : default;
        return _decision;
    }
}
