using Microsoft.Extensions.Logging;
using PollScale.Clock;
using PollScale.HostStub.Audit;
using PollScale.HostStub.Lifetime;
using PollScale.HostStub.Log;
using PollScale.HostStub.Machine;
using PollScale.HostStub.Placement;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.Report;
using PollScale.HostStub.Report.Html;
using PollScale.HostStub.Report.Kit;
using PollScale.HostStub.Timeline;
using PollScale.HostStub.Traffic;
using PollScale.Placement;
using PollScale.Programs;
using PollScale.Telemetry;

namespace PollScale.HostStub.Run;

/// <summary>One run from start to summary: guest, traffic, samples, watchdog, Ctrl-C.</summary>
internal sealed class RunSession(RunOptions options, IGuestFactory factory, IReport reporter, TextWriter error, Interrupt interrupt, Action<int>? reserveCpu = null, ILogger? log = null)
{
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_leftover = TimeSpan.FromMilliseconds(100);

    // Each wake-up takes time from the traffic thread on the same CPU; a backend without traffic has only this loop to advance it.
    private readonly TimeSpan _tick = TimeSpan.FromMilliseconds(options.HasTraffic ? 50 : 1);
    private readonly ILogger _log = log ?? new HostLog().Open(new LogLines(error, isJournal: false).Write);
    private readonly PollWatchdog _watchdog = new(options.BootLimit, options.Watchdog);
    private RunTimeline? _timeline;
    private ExitCode _forced;
    private TimeSpan? _stopAt;
    private string _stopCause = "";
    private int _interruptsSeen;
    private int _hangupsSeen;

    /// <summary>Runs to the end.</summary>
    public ExitCode Run()
    {
        interrupt.HangupReloads = options.PolicyFile is not null;
        try
        {
            using PageFile? page = PageFile.Begin(options.Report);
            using SessionParts parts = new(options, factory, reporter.GuestLine, _log, () => interrupt.Count > 0);
            reserveCpu?.Invoke(parts.Cpus.Guest);
            using CpuClaim claim = CpuClaim.Take(parts.Cpus.Guest);
            if (claim.IsShared)
            {
                RunLog.CpuShared(_log, parts.Cpus.Guest);
            }

            parts.Guest.Start(); // it boots while the report begins
            RunHeader header = Header(parts);
            reporter.Show(header);
            parts.StartTraffic();
            RunSummary? summary = null;
            HostThread watch = new("watch", () => summary = Watch(parts));
            watch.Start();
            watch.Join();
            if (watch.Failure is not null)
            {
                return FinishFailed(parts, watch);
            }

            ExitCode code = (ExitCode)summary!.ExitCode;
            code = page?.Show(new RunPage(header, summary, _timeline!.Record, options.PStates).Make(), code, error.WriteLine) ?? code;
            return Finish(parts, summary with { ExitCode = (int)code });
        }
        catch (Exception e) when (e is GuestSetupException or PlacementException or HostUnusableException)
        {
            return Refuse(e, e is GuestSetupException { IsFiles: true } ? ExitCode.Usage : ExitCode.Environment);
        }
        catch (Exception e) when (e is TrafficException or PolicyException or AuditException)
        {
            return Refuse(e, e is PolicyException { IsMachines: true } or AuditException { IsMachines: true } ? ExitCode.Environment : ExitCode.Usage);
        }
        catch (OperationCanceledException e)
        {
            return Refuse(e, ExitCode.Interrupted);
        }
    }

    private ExitCode Refuse(Exception e, ExitCode code)
    {
        RunLog.RunRefused(_log, e.Message);
        reporter.Show(new FailureLine { Cause = SafeText.Line(e.Message), ExitCode = (int)code });
        return code;
    }

    private RunSummary Watch(SessionParts parts)
    {
        ThreadPlacement.Pin(parts.Cpus.Housekeeping);
        ThreadPlacement.TrySchedule(parts.Priority.Guest, ThreadPlacement.WatchPriority);

        RunSampler sampler = new(parts, options.PStates);
        RunTimeline timeline = _timeline = Timeline(parts);
        ulong start = TscClock.Now;
        TimeSpan now = TimeSpan.Zero;
        TimeSpan? guestEnded = null;
        bool raised = false;
        TimeSpan? trafficEnded = parts.Traffic is null ? now : null;
        while (guestEnded is null || trafficEnded is null)
        {
            interrupt.Sleep(_tick);
            ulong tsc = TscClock.Now;
            now = TimeSpan.FromMicroseconds(TscClock.ToMicroseconds(tsc - start));
            guestEnded ??= parts.Guest.Outcome is null ? null : now;
            trafficEnded ??= parts.Traffic!.Phase == TrafficPhase.Ended ? now : null;
            if (parts.Traffic is null)
            {
                parts.Backend.Poll(tsc);
            }

            parts.Policy.Tick(tsc);
            if (interrupt.Hangups > _hangupsSeen)
            {
                _hangupsSeen = interrupt.Hangups;
                parts.Policy.BeginReload();
            }

            if (!raised && parts.Memory.State == LcoreState.Polling)
            {
                raised = true;
                parts.Guest.RaisePriority();
            }

            CheckLimits(parts, now, guestEnded is not null);
            EndTogether(parts, now, guestEnded, trafficEnded);
            Record(parts, timeline, tsc);
            if (sampler.TrySample(tsc, reporter.Interval) is RunSnapshot snapshot)
            {
                reporter.Show(snapshot);
            }
        }

        Record(parts, timeline, TscClock.Now, isOver: true);
        parts.Recorder?.Finish();
        return new SummaryBuilder(parts, sampler.Start ?? start).Build(_forced, options, _stopCause, sampler.Usage, timeline);
    }

    private void Record(SessionParts parts, RunTimeline timeline, ulong tsc, bool isOver = false)
    {
        if (parts.Hook.Begin is { } begin)
        {
            timeline.Drain(begin.Tsc, parts.Guest.CreatedTsc, tsc, reporter.Show, isOver);
        }
    }

    private RunTimeline Timeline(SessionParts parts) => new(
        parts.Meter,
        new ToldDecisions(parts.Telemetry.Decisions, 1 << parts.Ring.Layout.Log2RxSize, parts.Backend.PStates.Count, () => TscClock.Now),
        parts.Backend,
        new TimelineOptions
        {
            StepTicks = parts.StepTicks,
            TicksPerSecond = TscClock.FrequencyKHz * 1000.0,
            Doorbell = parts.Guest.Doorbell,
            ShowsSteps = options.ShowsSteps,
            ShowsChanges = options.ShowsChanges,
        });

    private void CheckLimits(SessionParts parts, TimeSpan now, bool guestEnded)
    {
        int interrupts = interrupt.Count;
        if (interrupts > _interruptsSeen)
        {
            // The first asks for an orderly end, the second does not wait for it.
            bool orderly = _interruptsSeen == 0 && interrupts == 1;
            _interruptsSeen = interrupts;
            BeginStop(parts, $"stopped by {interrupt.Cause}", interrupt.Code, orderly ? now + s_grace : now);
        }

        if (_stopAt is null && !guestEnded)
        {
            if (options.Timeout is TimeSpan limit && now > limit)
            {
                BeginStop(parts, $"still running after {Human.Round(limit.TotalSeconds)} s (--timeout)", ExitCode.Limit, now + s_grace);
            }
            else if (parts.Traffic is not null && _watchdog.Check(parts.Memory.State, parts.Telemetry.Polls, now) is string cause)
            {
                BeginStop(parts, cause, ExitCode.Limit, now);
            }
        }

        if (_stopAt <= now)
        {
            parts.Guest.Stop(_stopCause);
        }
    }

    private void BeginStop(SessionParts parts, string cause, ExitCode code, TimeSpan at)
    {
        _forced = _forced == ExitCode.Ok ? code : _forced;
        _stopCause = _stopCause.Length == 0 ? cause : _stopCause;
        _stopAt = parts.Traffic is null ? TimeSpan.Zero : at; // only the end of traffic tells a guest to leave
        parts.Traffic?.Stop();
    }

    // Neither may outlive the other for long.
    private void EndTogether(SessionParts parts, TimeSpan now, TimeSpan? guestEnded, TimeSpan? trafficEnded)
    {
        if (parts.Traffic is null)
        {
            return;
        }

        if (guestEnded is TimeSpan gone && trafficEnded is null)
        {
            parts.Traffic.Stop();
            if (now - gone > s_leftover)
            {
                parts.Traffic.Abort();
            }
        }

        if (trafficEnded is TimeSpan over && guestEnded is null && _stopAt is null && now - over > s_grace)
        {
            BeginStop(parts, parts.Traffic.Problem ?? "did not leave after its traffic ended", ExitCode.Limit, now);
        }
    }

    private RunHeader Header(SessionParts parts) => new()
    {
        Guest = Path.GetFileName(options.Guest),
        Mode = options.NoVm ? "process" : "micro-vm",
        Doorbell = parts.Guest.Doorbell,
        Traffic = parts.TrafficName,
        Capture = SessionTraffic.Describe(parts.Source),
        Ring = 1 << parts.Ring.Layout.Log2RxSize,
        Cpu = parts.Cpus.Guest,
        HousekeepingCpu = parts.Cpus.Housekeeping,
        Priority = parts.Priority.ToString(),
        PStates = parts.Backend.Emulated ? "emulated" : "real",
        PStateTable = parts.Frequency.TableName,
        FrequenciesMhz = [.. parts.Backend.PStates.KHz.ToArray().Select(kHz => kHz / 1000.0)],
        TscKhz = TscClock.FrequencyKHz,
        Seed = options.Seed,
    };

    // Nobody watches any more: guest and traffic are ended here, and what they came to is still reported.
    private ExitCode FinishFailed(SessionParts parts, HostThread watch)
    {
        parts.Traffic?.Abort();
        parts.Guest.Stop($"hoststub failed while it watched the run: {watch.Failure!.Message}");
        if (parts.Guest.Wait(s_grace) && parts.Traffic?.Wait(s_grace) != false)
        {
            Finish(parts, new SummaryBuilder(parts, parts.Guest.CreatedTsc).Build(ExitCode.Internal, options, _stopCause));
            ReportedFailure.Set(watch.Failure!);
        }

        watch.JoinOrThrow();
        return ExitCode.Internal;
    }

    private ExitCode Finish(SessionParts parts, RunSummary summary)
    {
        reporter.Show(summary);
        if (parts.Traffic?.Warning is string warning)
        {
            RunLog.TrafficWarning(_log, warning);
        }

        if (parts.Traffic?.Problem is string problem)
        {
            RunLog.TrafficFailed(_log, problem);
        }

        GuestOutcome outcome = parts.Guest.Outcome!;
        if ((ExitCode)summary.ExitCode is ExitCode.Failed or ExitCode.Limit or ExitCode.Internal)
        {
            GuestFailure.Write(error, outcome);
        }

        return (ExitCode)summary.ExitCode;
    }
}
