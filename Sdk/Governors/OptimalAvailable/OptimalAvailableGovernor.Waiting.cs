using PollScale.Polling;

namespace PollScale.Governors;

/// <summary>Waits where polls find nothing.</summary>
public sealed partial class OptimalAvailableGovernor
{
    // Of the time that is left for what comes meanwhile: chance may bring more.
    private const double WaitShare = 0.75;
    private readonly WaitRule _wait;
    private ulong _waitTicks;

    /// <inheritdoc/>
    ulong IWaitingGovernor.WaitTicks => _waitTicks;

    // Where nobody may wait the slowest P-state is the least that a loop can draw.
    private int Rest => _guard.IsPromised ? _wait.Rest : _pStates.SlowestAllowed;

    // Nobody waits while a request awaits its effect, for that is seen by what polls take.
    private ulong Wait() => _target == _actuator.Pending && _actuator.IsCertain(_now) && _requests.Changes == 0
        ? _wait.Within(Math.Min(Unhurried(), _guard.Unserved(_line.IsCertain ? _peak : _service[_pStates.FastestAllowed])), _now)
        : 0;

    // What packets cost at least, at the slowest P-state that may have been in effect, and for how long the core is taken away from a loop that polls. Between waits a core
    // does little but wake up, which is no packet's cost, and how late.
    private void Watch(in QueueSample sample, int slowest, double stall)
    {
        double ticksPerCycle = _service.TicksPerCycle(slowest);
        if (sample.IdleTicks == 0)
        {
            _cost.Watch(sample, ticksPerCycle, stall);
        }

        if (_wait.IsOn && sample.IdleTicks > 0)
        {
            _wait.Waited(sample, _now);
        }
        else if (_wait.IsOn && !sample.ClockLeapt)
        {
            _wait.Polled(sample.PollingTicks, _cost.Trusted ? _cost.Expected(sample, ticksPerCycle) + stall : double.PositiveInfinity);
        }
    }

    // What goes on arriving as it did is to be served in time afterwards without a faster P-state: who waits to hurry saves nothing. All of it counts as old as the wait is long.
    private double Unhurried() => WaitShare * (_bound - Taken) / (1 + (_rate.Rate / _service[_target]));
}
