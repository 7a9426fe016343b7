using PollScale.Clock;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Report;
using PollScale.HostStub.Traffic;

namespace PollScale.HostStub.Run;

/// <summary>Takes snapshots of a run at an even pace while packets flow.</summary>
internal sealed class RunSampler(SessionParts parts, PStateModel model)
{
    private ulong _lastTsc;
    private TrafficSnapshot _last;
    private ulong _lastCalls;

    /// <summary>TSC at which sending began; null before.</summary>
    public ulong? Start => parts.Hook.Begin?.Tsc;

    /// <summary>What the polling thread did with its CPU while packets were sent.</summary>
    public UsageMeter Usage { get; } = new(parts.Guest, parts.Telemetry, parts.Energy, new SleepEnergy(model));

    /// <summary>A snapshot when one is due, else null.</summary>
    public RunSnapshot? TrySample(ulong tsc, TimeSpan interval)
    {
        if (parts.Traffic is null || parts.Hook.Begin is not { } begin)
        {
            return null;
        }

        if (parts.Hook.End is null)
        {
            Usage.Look(tsc);
        }

        if (_lastTsc == 0)
        {
            _lastTsc = begin.Tsc;
        }

        double seconds = Seconds(tsc, _lastTsc);
        return seconds >= interval.TotalSeconds ? Sample(tsc, seconds, begin) : null;
    }

    private static double Seconds(ulong tsc, ulong earlier) => tsc > earlier ? (tsc - earlier) / (TscClock.FrequencyKHz * 1000.0) : 0;

    private RunSnapshot Sample(ulong tsc, double seconds, SessionHook.Mark begin)
    {
        TrafficSnapshot traffic = parts.Traffic!.Snapshot();
        ulong calls = parts.Counters.Total;
        int pState = parts.Energy.Effective;
        EnergySnapshot? energy = begin.Energy is null ? null : parts.Energy.Energy(tsc).Since(begin.Energy);
        RunSnapshot snapshot = new()
        {
            ElapsedS = Seconds(tsc, begin.Tsc),
            OfferedMpps = (traffic.Offered - _last.Offered) / seconds / 1e6,
            ForwardedMpps = (traffic.Forwarded - _last.Forwarded) / seconds / 1e6,
            Offered = traffic.Offered,
            Forwarded = traffic.Forwarded,
            RingFull = traffic.RingFull,
            Backlog = traffic.Backlog,
            PState = pState,
            Mhz = parts.Backend.PStates[pState] / 1000.0,
            CallsPerS = (calls - _lastCalls) / seconds,
            RoundTripNs = TelemetryAudit.Live(
                parts.Telemetry.RoundTrip, tsc - Math.Min(parts.Guest.CreatedTsc, tsc), TscClock.FrequencyKHz / 1e6),
            Lcore = Usage.Interval(),
            EnergySavedPercent = energy is { HasPower: true } ? energy.SavedPercentWithout(Usage.SavedJoules) : null,
        };
        _lastTsc = tsc;
        _last = traffic;
        _lastCalls = calls;
        return snapshot;
    }
}
