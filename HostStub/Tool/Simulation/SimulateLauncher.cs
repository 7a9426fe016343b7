using PollScale.Governors;
using PollScale.HostStub.Lifetime;
using PollScale.HostStub.Report;
using PollScale.HostStub.Report.Html;
using PollScale.HostStub.Report.Kit;
using PollScale.HostStub.Simulation.Frontier;
using PollScale.HostStub.Simulation.Tuning;
using PollScale.HostStub.Traffic.Pcap;
using PollScale.Programs;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Studies;
using PollScale.Simulation.Traffic;
using Spectre.Console;

namespace PollScale.HostStub.Simulation;

/// <summary>Simulates and shows what came out.</summary>
/// <param name="output">For results.</param>
/// <param name="error">For messages and progress.</param>
/// <param name="terminal">The terminal behind <paramref name="output"/>; null when it is none.</param>
/// <param name="errorTerminal">The terminal behind <paramref name="error"/>; null when it is none.</param>
/// <param name="interrupt">Ctrl-C.</param>
internal sealed class SimulateLauncher(TextWriter output, TextWriter error, IAnsiConsole? terminal, IAnsiConsole? errorTerminal, Interrupt interrupt)
{
    /// <summary>Simulates.</summary>
    /// <exception cref="UsageException">The capture, or the traffic, cannot be simulated.</exception>
    public ExitCode Run(SimulateOptions options)
    {
        try
        {
            SimulationPlan plan = SimulationPlan.Make(options, text => error.WriteLine($"hoststub: {SafeText.Line(text)}"));
            if (plan.Misfit() is string misfit)
            {
                throw new UsageException(misfit);
            }

            PlanCertificates certificates = new(plan);
            IReport report = options.Json ? new JsonLines(output, ReportJson.Default) : new SimulateTables(terminal ?? Consoles.Plain(output), certificates);
            ProgressView progress = new(error, errorTerminal, options.Json);
            TuneSession? tune = options.Tune ? new TuneSession(plan, IsInterrupted) : null;
            using PageFile? file = PageFile.Begin(options.Report);
            SimulateStart start = Start(plan, certificates);
            report.Show(start);
            return tune is null ? Compare(plan, start, certificates, report, progress, file) : Tune(tune, report, progress);
        }
        catch (Exception e) when (e is PcapException or TrafficModelException)
        {
            throw new UsageException(SafeText.Line(e.Message), e);
        }
    }

    private static SimulateStart Start(SimulationPlan plan, PlanCertificates certificates)
    {
        SimulateOptions options = plan.Options;
        (LossCertificate certificate, DelayCertificate delay) = plan.Promised(plan.LineRate, null, plan.Options.DecisionPeriod);
        return new SimulateStart
        {
            PStates = options.PStates,
            Khz = options.Core.KHz,
            PStateWatts = options.Core.Watts,
            Costs = options.Costs?.Name ?? "",
            IdleWatts = options.Core.Idle.List[IdleStates.Pause].Watts,
            IdleStates = [.. options.Core.Idle.List.Select(SimulateIdleState.Of)],
            ServiceRate = plan.ServiceRate,
            Actuator = options.Actuator.Name,
            Channel = options.Channel.Name,
            Ring = options.RingSize,
            DelayBoundUs = options.DelayBound / (double)SimTime.Microsecond,
            DelayChoice = options.DelayChoice,
            DurationS = SimTime.ToSeconds(plan.Study.Duration),
            WarmupS = SimTime.ToSeconds(plan.Study.Warmup),
            DecisionPeriodUs = options.DecisionPeriod / (double)SimTime.Microsecond,
            LineRate = plan.LineRate,
            Lambda = certificate.PeakExceedsFastest ? null : certificate.Lambda,
            LossFree = certificate.LossFree && certificates.LossFree,
            Certificate = !certificate.LossFree || certificates.LossFree ? certificate.Text : FormattableString.Invariant(
                $"A governor that asks for the fastest P-state in time could rule out loss (Lambda {certificate.Lambda:F2}); not each of these does, on each of these workloads: see {SimulateStart.PromisesBelow}."),
            DelayKept = delay.Kept && certificates.DelayKept,
            DelayCertificate = !delay.Kept || certificates.DelayKept ? delay.Text : $"{delay.Text} Not each of these governors keeps it, on each of these workloads.",
        };
    }

    // Results go out as they are and whole; only what was not run is missing.
    private ExitCode Compare(SimulationPlan plan, SimulateStart start, PlanCertificates certificates, IReport report, ProgressView progress, PageFile? file)
    {
        SimulateSession session = new(plan, IsInterrupted);
        IReadOnlyList<StudyRow> rows = [];
        progress.During(told => rows = session.Run(told, part =>
        {
            foreach (StudyRow row in part)
            {
                report.Show(SimulateRow.Of(row, certificates.Of(row.Governor, row.Workload)));
            }
        }));
        bool whole = rows.Count == session.Planned;
        ExitCode code = whole ? ExitCode.Ok : interrupt.Code;
        SummaryLine summary = plan.Options.Frontier ? Frontier(plan, rows, whole, code) : new SimulateSummary
        {
            Interrupted = !whole,
            Runs = rows.Count,
            PlannedRuns = session.Planned,
            Governors = [.. rows.GroupBy(row => row.Governor).Select(group => Figures.Of([.. group]))],
            ExitCode = (int)code,
        };
        if (file is not null)
        {
            code = file.Show(SimulatePage.Of(start, rows, summary, certificates), code, error.WriteLine);
            summary = summary with { ExitCode = (int)code };
        }

        report.Show(summary);
        if (!whole)
        {
            error.WriteLine($"hoststub: interrupted after {rows.Count} of {session.Planned} runs; the results are of those.");
        }

        return code;
    }

    private static FrontierResult Frontier(SimulationPlan plan, IReadOnlyList<StudyRow> rows, bool whole, ExitCode code)
    {
        IReadOnlyList<FrontierPoint> points = FrontierCurve.Points(rows, plan.Options.DelayBound);
        return new FrontierResult
        {
            Interrupted = !whole,
            KneeUs = plan.Options.DelayBound / (double)SimTime.Microsecond,
            Points = points,
            MostCurveOverOther = points.Where(point => point.AsleepShare == 0).Max(point => point.CurveOverThis),
            ExitCode = (int)code,
        };
    }

    private ExitCode Tune(TuneSession tune, IReport report, ProgressView progress)
    {
        TuneResult? result = null;
        progress.During(told => result = tune.Run(told));
        ExitCode code = result!.Interrupted ? interrupt.Code : ExitCode.Ok;
        report.Show(result with { ExitCode = (int)code });
        return code;
    }

    private bool IsInterrupted() => interrupt.Count > 0;
}
