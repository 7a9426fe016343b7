using PollScale.Clock;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Machine;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Report;
using PollScale.HostStub.Timeline;
using PollScale.HostStub.Traffic;
using PollScale.HostStub.Traffic.Pcap;
using PollScale.Notation;
using PollScale.Programs;
using PollScale.Telemetry;

namespace PollScale.HostStub.Run;

/// <summary>Adds a run up once guest and traffic have ended.</summary>
/// <param name="parts">The run.</param>
/// <param name="startTsc">TSC from which the run counts: the first packet, or the guest's start.</param>
internal sealed class SummaryBuilder(SessionParts parts, ulong startTsc)
{
    private const double BusyShare = 0.01;
    private static readonly string[] s_lossCauses = ["ring_full", "tx_full", "bad_descriptor"];

    /// <param name="forced">What the run must exit with; <see cref="ExitCode.Ok"/> for nothing.</param>
    /// <param name="options">The run.</param>
    /// <param name="stopCause">Why it was stopped; empty when it was not.</param>
    /// <param name="usage">What the polling thread did with its CPU; null where nobody looked.</param>
    /// <param name="timeline">The record of the run; null where there is none.</param>
    public RunSummary Build(ExitCode forced, RunOptions options, string stopCause, UsageMeter? usage = null, RunTimeline? timeline = null)
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
        double slept = usage?.SavedJoules ?? 0;
        Int128 unaccounted = (Int128)traffic.Offered - traffic.Forwarded - audit.DroppedTotal;
        ulong lost = s_lossCauses.Aggregate(0UL, (sum, cause) => sum + audit.Dropped[cause] < sum ? ulong.MaxValue : sum + audit.Dropped[cause]);
        RunReplay? replay = parts.Source?.Trace is null ? null : ReplayReport.Build(parts.Source.Trace, parts.Traffic!, traffic.Offered, options, stopCause);
        RunRecording? recording = parts.Recorder?.Counts is not { } counts ? null
            : new RunRecording { File = counts.Path, Packets = counts.Packets, Bytes = counts.Bytes, Missed = counts.Missed, Failure = counts.Failure };
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
            DelayCounts = audit.DelayCounts,
            EnergyJ = energy.HasPower ? energy.Joules - slept : null,
            FastestEnergyJ = energy.HasPower ? energy.FastestJoules : null,
            EnergySavedPercent = energy.HasPower ? energy.SavedPercentWithout(slept) : null,
            SavedAsleepJ = energy.HasPower ? slept : null,
            PStates = parts.Backend.Emulated ? "emulated" : "real",
            Transitions = energy.Transitions,
            ResidencyPercent = [.. energy.ResidencyPercent.Select((share, i) => new PStateResidency(i, parts.Backend.PStates[i] / 1000.0, share))],
            Doorbell = parts.Guest.Doorbell,
            Calls = Enum.GetValues<CallVerdict>().Where(result => result != CallVerdict.Withdrawn).ToDictionary(result => WordText.Of(result), result => calls[result]),
            RoundTripNs = audit.RoundTripNs,
            Lcore = usage?.Total() is { } lcore ? lcore with { LateUs = audit.LateUs } : null,
            SleepCostUs = audit.Waits > 0 ? SleepCost.Measure()?.TotalMicroseconds : null,
            Waits = audit.Waits,
            BootMs = audit.BootMs,
            GeneratorStalls = traffic.Stalls,
            GeneratorStalledMs = traffic.StalledNs / 1e6,
            GuestEnd = WordText.Of(outcome.End),
            GuestExitCode = outcome.ExitCode,
            Cause = replay?.Reason is string reason ? $"{outcome.Cause} {reason}" : outcome.Cause,
            UnansweredSystemCalls = parts.Guest.UnansweredCalls,
            Replay = replay,
            PcapOut = recording,
            Notes = parts.Traffic is null ? [] : [.. audit.Notes, .. Notes(audit, traffic, recording, options), .. timeline?.Notes() ?? []],
            ExitCode = (int)Judge(forced, outcome, unaccounted == 0 && lost == 0, recording?.Failure is not null),
        };
    }

    private EnergySnapshot Energy(SessionHook.Mark end, ulong now)
    {
        EnergySnapshot total = end.Energy ?? parts.Energy.Energy(now);
        return parts.Hook.Begin?.Energy is EnergySnapshot begin ? total.Since(begin) : total;
    }

    private IEnumerable<string> Notes(TelemetryAudit audit, TrafficSnapshot traffic, RunRecording? recording, RunOptions options)
    {
        IEnumerable<string> notes = parts.Source?.Trace is { } trace ? CaptureNotes.Of(trace) : [];
        if (traffic.StalledNs > BusyShare * traffic.ElapsedNs)
        {
            notes = notes.Append("This machine was busy with other work, which held the traffic generator up: delays and losses may be the machine's, not the guest's.");
        }

        if (parts.Ring.Note is string ring)
        {
            notes = notes.Append(ring);
        }

        if (recording?.Failure is string failure)
        {
            notes = notes.Append($"--pcap-out could not be written whole: {failure.TrimEnd('.')}. {Human.Count(recording.Missed)} forwarded packets are not in it.");
        }
        else if (recording?.Missed > 0)
        {
            notes = notes.Append($"{Human.Count(recording.Missed)} forwarded packets are not in {recording.File}: they came faster than they could be written. A file on a faster disk (/dev/shm), or less traffic, keeps them all.");
        }

        return notes.Concat(DropHints.For(audit.Dropped, traffic.Offered, options.Routes is not null || options.DefaultRoute is not null));
    }

    private ExitCode Judge(ExitCode forced, GuestOutcome outcome, bool allArrived, bool recordingFailed)
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
            return ExitCode.Failed;
        }

        return parts.Traffic?.Problem is not null ? ExitCode.Limit : !allArrived ? ExitCode.PacketsLost : recordingFailed ? ExitCode.Environment : ExitCode.Ok;
    }
}
