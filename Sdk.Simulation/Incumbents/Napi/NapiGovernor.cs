using PollScale.Governors;
using PollScale.Polling;

namespace PollScale.Simulation.Incumbents;

/// <summary>
/// What Linux's NAPI does with a queue: a packet's interrupt begins a turn of polls, which goes on with turns of 64 packets until one takes less; then interrupts are on again, and the lcore sleeps. With
/// napi_defer_hard_irqs and gro_flush_timeout a timer polls for a while before they are. The fastest P-state throughout.
/// </summary>
/// <remarks>
/// After napi_complete_done() of net/core/dev.c, one queue. Left out: the NIC's own moderation of interrupts, which saves energy and adds delay; the time that the interrupt's handler takes; and ksoftirqd,
/// which shares the CPU under load. In a sample of several polls the last tells whether the turn ends.
/// </remarks>
internal sealed class NapiGovernor : ISleepingGovernor
{
    // A packet ends it: how long it may last is of no account.
    private static readonly TimeSpan s_untilPacket = TimeSpan.FromSeconds(10);

    private readonly ScalingDecision _decision;
    private readonly LcoreSleep _interrupt;
    private readonly LcoreSleep _timer;
    private readonly uint _budget;
    private readonly uint _defer;
    private ulong _taken;
    private uint _deferred;

    /// <summary>Makes a governor.</summary>
    /// <param name="context">What it is made for.</param>
    /// <param name="options">Settings; null takes the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public NapiGovernor(GovernorContext context, NapiOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        options ??= new NapiOptions();
        options.Validate();
        _decision = new ScalingDecision(context.PStates.FastestAllowed);
        ulong wake = (ulong)context.Ticks(options.WakeTime);
        _interrupt = new LcoreSleep((ulong)context.Ticks(s_untilPacket), wake, EndsAtPacket: true);
        _timer = new LcoreSleep((ulong)context.Ticks(options.FlushTimeout), wake);
        _budget = options.Budget;
        _defer = options.FlushTimeout > TimeSpan.Zero ? options.DeferHardIrqs : 0;
    }

    /// <inheritdoc/>
    public LcoreSleep Sleep { get; private set; }

    /// <inheritdoc/>
    public ScalingDecision Decide(in QueueSample sample)
    {
        Sleep = default;
        _taken += sample.Received;
        if (_taken >= _budget)
        {
            // The next turn follows at once.
            _taken = 0;
        }
        else if (sample.Polls > sample.FullPolls)
        {
            Complete();
        }

        return _decision;
    }

    private void Complete()
    {
        _deferred = _taken > 0 ? _defer : _deferred;
        _taken = 0;
        bool timer = _deferred > 0;
        _deferred -= timer ? 1u : 0;
        Sleep = timer ? _timer : _interrupt;
    }
}
