using PollScale.Governors;
using PollScale.HostStub.Report;
using PollScale.HostStub.Simulation;
using PollScale.HostStub.Simulation.Tuning;
using PollScale.HostStub.Traffic.Pcap;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Studies;
using PollScale.Simulation.Traffic;
using Spectre.Console;

namespace PollScale.HostStub.Cli;

/// <summary>Simulates and shows what came out.</summary>
/// <param name="output">For results.</param>
/// <param name="error">For messages and progress.</param>
/// <param name="terminal">The terminal behind <paramref name="output"/>; null when it is none.</param>
/// <param name="errorTerminal">The terminal behind <paramref name="error"/>; null when it is none.</param>
/// <param name="interrupt">Ctrl-C.</param>
internal sealed class SimulateLauncher(TextWriter output, TextWriter error, IAnsiConsole? terminal, IAnsiConsole? errorTerminal, Interrupt interrupt)
{
    // Files have no width: tables are not folded.
    private const int FileWidth = 200;

    /// <summary>Simulates.</summary>
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
            ISimulateReport report = options.Json ? new SimulateJsonLines(output, certificates) : new SimulateTables(terminal ?? Plain(), certificates);
            ProgressView progress = new(error, errorTerminal, options.Json);
            TuneSession? tune = options.Tune ? new TuneSession(plan, IsInterrupted) : null;
            report.Begin(Start(plan, certificates));
            return tune is null ? Compare(plan, report, progress) : Tune(tune, report, progress);
        }
        catch (Exception e) when (e is PcapException or TrafficModelException or UsageException)
        {
            error.WriteLine($"hoststub: {SafeText.Line(e.Message)}");
            return ExitCode.Usage;
        }
    }

    private static SimulateStart Start(SimulationPlan plan, PlanCertificates certificates)
    {
        SimulateOptions options = plan.Options;
        LossCertificate certificate = plan.Certificate(plan.LineRate, null, plan.Options.DecisionPeriod);
        return new SimulateStart
        {
            PStates = options.PStates,
            Khz = options.Core.KHz,
            PStateWatts = options.Core.Watts,
            ServiceRate = plan.ServiceRate,
            Actuator = options.Actuator.Name,
            Channel = options.Channel.Channel.Name,
            Ring = options.RingSize,
            DelayBoundUs = options.DelayBound / (double)SimTime.Microsecond,
            DurationS = SimTime.ToSeconds(plan.Study.Duration),
            WarmupS = SimTime.ToSeconds(plan.Study.Warmup),
            DecisionPeriodUs = options.DecisionPeriod / (double)SimTime.Microsecond,
            LineRate = plan.LineRate,
            Lambda = certificate.PeakExceedsFastest ? null : certificate.Lambda,
            LossFree = certificate.LossFree && certificates.LossFree,
            Certificate = !certificate.LossFree || certificates.LossFree ? certificate.Text : FormattableString.Invariant(
                $"A governor that asks for the fastest P-state in time could rule out loss (Lambda {certificate.Lambda:F2}); not each of these does, on each of these workloads: see what stands below each table. Nothing is promised about delay."),
        };
    }

    // Results go out as they are and whole; only what was not run is missing.
    private ExitCode Compare(SimulationPlan plan, ISimulateReport report, ProgressView progress)
    {
        SimulateSession session = new(plan, IsInterrupted);
        IReadOnlyList<StudyRow> rows = [];
        progress.During(told => rows = session.Run(told, report.Finished));
        report.End(rows, session.Planned);
        if (rows.Count == session.Planned)
        {
            return ExitCode.Ok;
        }

        error.WriteLine($"hoststub: interrupted after {rows.Count} of {session.Planned} runs; the results are of those.");
        return interrupt.Code;
    }

    private ExitCode Tune(TuneSession tune, ISimulateReport report, ProgressView progress)
    {
        TuneResult? result = null;
        progress.During(told => result = tune.Run(told));
        report.Tuned(result!);
        return result!.Interrupted ? interrupt.Code : ExitCode.Ok;
    }

    private bool IsInterrupted() => interrupt.Count > 0;

    private IAnsiConsole Plain()
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = FileWidth;
        return console;
    }
}
