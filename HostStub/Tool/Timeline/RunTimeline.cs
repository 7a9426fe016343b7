using PollScale.Governors;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Report;
using PollScale.HostStub.Report.Kit;
using PollScale.Notation;

namespace PollScale.HostStub.Timeline;

/// <summary>The record of a run: takes over what its meter saw, explains changes by what the guest tells, shows what was asked for, and keeps it all in bounded room. One thread.</summary>
/// <param name="meter">On the traffic thread.</param>
/// <param name="told">The guest's decisions.</param>
/// <param name="backend">Has the P-states.</param>
/// <param name="options">What is shown.</param>
internal sealed class RunTimeline(TimelineMeter meter, ToldDecisions told, IFrequencyBackend backend, TimelineOptions options)
{
    private const int MostSteps = 8192, MostChanges = 16384;
    private const double PatienceS = 0.2;
    private readonly ExplainedChanges _explained = new((ulong)(PatienceS * options.TicksPerSecond));
    private readonly List<RunChange> _changes = [];
    private readonly StepHistory _steps = new(MostSteps, options.StepTicks);
    private long _changesLeftOut;
    private FullRing? _fullRing;
    private ulong _begin;

    /// <summary>What was seen so far: all steps, where they are too many of greater length, and the first 16384 changes.</summary>
    public RunRecord Record => new()
    {
        Steps = _steps.Steps,
        Changes = _changes,
        ChangesLeftOut = _changesLeftOut,
        LastPState = meter.PState,
        BeginTsc = _begin,
        StepTicks = _steps.StepTicks,
        TicksPerSecond = options.TicksPerSecond,
    };

    /// <summary>Takes over what is new.</summary>
    /// <param name="begin">TSC of the first packet.</param>
    /// <param name="created">TSC before which the guest decided nothing.</param>
    /// <param name="tsc">TSC now.</param>
    /// <param name="show">Shows a line.</param>
    /// <param name="isOver">Nothing more comes: what waits for a decision waits no longer.</param>
    public void Drain(ulong begin, ulong created, ulong tsc, Action<ReportLine> show, bool isOver = false)
    {
        _begin = begin;
        if (isOver)
        {
            meter.Finish();
        }

        _fullRing ??= new FullRing(begin, options.TicksPerSecond);
        while (meter.Effects.TryTake(out PStateEffect effect))
        {
            _explained.Add(effect);
        }

        told.Read(_explained.Decisions, created);
        while (_explained.TryTake(isOver ? ulong.MaxValue : tsc, out PStateEffect effect, out DecisionRecord? why))
        {
            Take(Line(effect, why), show);
        }

        while (meter.Steps.TryTake(out TimelineStep step))
        {
            _steps.Add(step);
            _fullRing.Add(step);
            if (options.ShowsSteps)
            {
                show(Line(step));
            }
        }
    }

    /// <summary>When and why the ring was full, and what is missing in this record, a sentence each.</summary>
    public IEnumerable<string> Notes()
    {
        foreach (string note in _fullRing?.Notes ?? [])
        {
            yield return note;
        }

        if (meter.Steps.Missed + meter.Effects.Missed > 0)
        {
            yield return $"{Human.Count(meter.Steps.Missed)} steps and {Human.Count(meter.Effects.Missed)} P-state changes are not in the record: hoststub's own thread had no CPU for too long. Leave it one (--housekeeping-cpu), or take longer steps (--series).";
        }

        if (told.Missed > 0)
        {
            yield return $"{Human.Count(told.Missed)} decisions were overwritten before they were read: some changes have no reason.";
        }

        if (told.Impossible > 0)
        {
            yield return $"{Human.Count(told.Impossible)} decisions of which the guest told cannot be true: not shown.";
        }
    }

    private void Take(RunChange change, Action<ReportLine> show)
    {
        _fullRing!.Add(change);
        if (_changes.Count < MostChanges)
        {
            _changes.Add(change);
        }
        else
        {
            _changesLeftOut++;
        }

        if (options.ShowsChanges)
        {
            show(change);
        }
    }

    private double Seconds(ulong tsc) => tsc > _begin ? (tsc - _begin) / options.TicksPerSecond : 0;

    private RunChange Line(PStateEffect effect, DecisionRecord? why) => new()
    {
        ElapsedS = Seconds(effect.Tsc),
        From = effect.From,
        To = effect.To,
        Mhz = backend.PStates[Math.Min(effect.To, backend.PStates.Count - 1)] / 1000.0,
        Backlog = effect.Backlog,
        Doorbell = options.Doorbell,
        Cause = why is { } decision ? WordText.Of(decision.Cause) : null,
        Reason = why is { } reasoned ? WordText.Of(reasoned.Reason) : null,
        Why = why?.Explain(),
        LatencyUs = why is { } earlier ? (effect.Tsc - earlier.Ticks) / options.TicksPerSecond * 1e6 : null,
    };

    private RunStep Line(in TimelineStep step) => new()
    {
        ElapsedS = Seconds(step.Tsc),
        Offered = step.Offered,
        Forwarded = step.Forwarded,
        RingFull = step.RingFull,
        Backlog = step.Backlog,
        OldestUs = step.OldestTicks.Per(options.TicksPerSecond / 1e6),
        Mhz = step.KHz.Per(1000),
        AsleepUs = step.IdleTicks / options.TicksPerSecond * 1e6,
    };
}
