using PollScale.Clock;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Machine;
using PollScale.HostStub.Placement;
using PollScale.HostStub.Report;

namespace PollScale.HostStub.Run;

/// <summary>Reads now and then what the guest's polling thread did with its CPU: the kernel's counts, and the guest's.</summary>
/// <param name="guest">The guest.</param>
/// <param name="telemetry">What it says of itself.</param>
/// <param name="energy">What a core that polls throughout draws.</param>
/// <param name="sleep">What it draws less where it sleeps.</param>
internal sealed class UsageMeter(IGuest guest, TelemetryReader telemetry, IEnergySource energy, SleepEnergy sleep)
{
    // To read takes some 20 us of the traffic generator's CPU.
    private const double PeriodMs = 200;

    // Of a wait or a burst that began before, all is told of at its end.
    private const double Plausible = 1.05;
    private Reading? _first, _shown, _last;

    /// <summary>Modelled energy that was not drawn because the polling thread was off its CPU, J.</summary>
    public double SavedJoules { get; private set; }

    /// <summary>Looks, unless it did so just before.</summary>
    public void Look(ulong tsc)
    {
        if (_last is null || tsc > _last.Tsc + (PeriodMs * TscClock.FrequencyKHz))
        {
            Reading now = new(tsc, guest.Usage, telemetry.IdleTicks, telemetry.WorkTicks, energy.Energy(tsc));
            SavedJoules += _last?.Usage is { } before && now.Usage is { } usage ? sleep.Saved(now.Energy.Since(_last.Energy), usage.Since(before)) : 0;
            _last = now;
            _shown ??= _last;
            _first ??= _last;
        }
    }

    /// <summary>Of the time since the last call, or since the first look.</summary>
    public LcoreUse? Interval()
    {
        LcoreUse? use = Between(_shown, _last);
        _shown = _last;
        return use;
    }

    /// <summary>Of the time between the first look and the last; null where there was but one.</summary>
    public LcoreUse? Total() => Between(_first, _last);

    private LcoreUse? Between(Reading? from, Reading? to)
    {
        if (from is null || to is null || to.Tsc <= from.Tsc)
        {
            return null;
        }

        double ticks = to.Tsc - from.Tsc, seconds = ticks / (TscClock.FrequencyKHz * 1000.0);
        ThreadUsage? usage = from.Usage is { } before ? to.Usage?.Since(before) : null;
        return new LcoreUse
        {
            CpuPercent = 100 * usage?.Ran.TotalSeconds / seconds,
            KeptWaitingPercent = 100 * usage?.KeptWaiting.TotalSeconds / seconds,
            WakeUpsPerS = usage?.Arrivals / seconds,
            AsleepPercent = Share(from.IdleTicks, to.IdleTicks, ticks),
            WorkPercent = Share(from.WorkTicks, to.WorkTicks, ticks),
            LateUs = TelemetryAudit.Live(telemetry.WakeTime, to.Tsc - Math.Min(guest.CreatedTsc, to.Tsc), TscClock.FrequencyKHz / 1000.0),
        };
    }

    // Null for what cannot be true.
    private static double? Share(ulong from, ulong to, double ticks) => to >= from && to - from <= Plausible * ticks ? 100 * Math.Min(1, (to - from) / ticks) : null;

    private sealed record Reading(ulong Tsc, ThreadUsage? Usage, ulong IdleTicks, ulong WorkTicks, EnergySnapshot Energy);
}
