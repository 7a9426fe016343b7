using System.Text.Json;
using PollScale.Clock;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Machine;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Report;
using PollScale.HostStub.Traffic;
using PollScale.Telemetry;

namespace PollScale.HostStub.Cli;

/// <summary>Adds a run up once guest and traffic have ended.</summary>
/// <param name="parts">The run.</param>
/// <param name="startTsc">TSC from which the run counts: the first packet, or the guest's start.</param>
internal sealed class SummaryBuilder(SessionParts parts, ulong startTsc)
{
    private static readonly string[] s_lossCauses = ["ring_full", "tx_full", "bad_descriptor"];

    public RunSummary Build(ExitCode forced)
    {
        ulong now = TscClock.Now;
        GuestOutcome outcome = parts.Guest.Outcome!;
        TrafficSnapshot traffic = parts.Traffic?.Snapshot() ?? default;
        CallCounts calls = parts.Counters.Snapshot();
        ulong returned = traffic.Forwarded + traffic.OutOfOrder + traffic.Duplicates + traffic.InvalidFrames;
        TelemetryAudit audit = new(
            parts.Telemetry.Read(),
            new HostCounts(traffic.Offered, traffic.RingFull, returned, calls.Total, parts.Guest.CreatedTsc, now),
            TscClock.FrequencyKHz);
        SessionHook.Mark end = parts.Hook.End ?? parts.Hook.MarkAt(now);
        EnergySnapshot energy = Energy(end, now);
        Int128 unaccounted = (Int128)traffic.Offered - traffic.Forwarded - audit.DroppedTotal;
        ulong lost = s_lossCauses.Aggregate(0UL, (sum, cause) => sum + audit.Dropped[cause] < sum ? ulong.MaxValue : sum + audit.Dropped[cause]);
        return new RunSummary
        {
            DurationS = (end.Tsc - Math.Min(startTsc, end.Tsc)) / (TscClock.FrequencyKHz * 1000.0),
            HasTraffic = parts.Traffic is not null,
            Offered = traffic.Offered,
            Forwarded = traffic.Forwarded,
            Dropped = audit.Dropped,
            Accounted = unaccounted == 0,
            Unaccounted = (long)Int128.Clamp(unaccounted, long.MinValue, long.MaxValue),
            Lost = lost,
            OutOfOrder = traffic.OutOfOrder + traffic.Duplicates,
            Invalid = traffic.InvalidFrames,
            Backlog = traffic.Backlog,
            DelayUs = audit.DelayUs,
            EnergyJ = energy.HasPower ? energy.Joules : null,
            FastestEnergyJ = energy.HasPower ? energy.FastestJoules : null,
            EnergySavedPercent = energy.HasPower ? energy.SavedPercent : null,
            PStates = parts.Backend.Emulated ? "emulated" : "real",
            Transitions = energy.Transitions,
            ResidencyPercent = [.. energy.ResidencyPercent.Select((share, i) => new PStateResidency(i, parts.Backend.PStates[i] / 1000.0, share))],
            Doorbell = parts.Guest.Doorbell,
            Calls = Enum.GetValues<CallResult>().ToDictionary(result => JsonNamingPolicy.SnakeCaseLower.ConvertName(result.ToString()), result => calls[result]),
            RoundTripNs = audit.RoundTripNs,
            BootMs = audit.BootMs,
            GeneratorStalls = traffic.Stalls,
            GeneratorStalledMs = traffic.StalledNs / 1e6,
            GuestEnd = JsonNamingPolicy.SnakeCaseLower.ConvertName(outcome.End.ToString()),
            GuestExitCode = outcome.ExitCode,
            Cause = outcome.Cause,
            UnansweredSystemCalls = parts.Guest.UnansweredCalls,
            Notes = parts.Traffic is null ? [] : audit.Notes,
            ExitCode = (int)Judge(forced, outcome, unaccounted == 0 && lost == 0),
        };
    }

    private EnergySnapshot Energy(SessionHook.Mark end, ulong now)
    {
        EnergySnapshot total = end.Energy ?? parts.Energy.Energy(now);
        return parts.Hook.Begin?.Energy is EnergySnapshot begin ? total.Since(begin) : total;
    }

    private ExitCode Judge(ExitCode forced, GuestOutcome outcome, bool allArrived)
    {
        if (outcome.End == GuestEnd.HostFailed)
        {
            return ExitCode.Internal;
        }

        if (forced != ExitCode.Ok)
        {
            return forced;
        }

        if (outcome.End != GuestEnd.Exited || outcome.ExitCode != 0 || (parts.Traffic is not null && parts.Memory.State < LcoreState.Polling))
        {
            return ExitCode.GuestFailed;
        }

        return parts.Traffic?.Problem is not null ? ExitCode.Limit : allArrived ? ExitCode.Ok : ExitCode.PacketsLost;
    }
}
