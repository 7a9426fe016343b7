using System.Globalization;
using PollScale.Governors;
using PollScale.Notation;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Incumbents;
using PollScale.Simulation.Running;
using PollScale.Simulation.Studies;
using PollScale.Simulation.Traffic;

namespace PollScale.HostStub.Simulation;

/// <summary>Governors as the command line names them, and what a user would tell them of the line and the bound.</summary>
internal static class GovernorTexts
{
    private const double HighestPeak = 1e9;

    /// <summary>The texts of repeated options: each value is one text, or a list of plain names.</summary>
    public static IReadOnlyList<string> Split(IEnumerable<string> values) =>
        [.. values.SelectMany(value => value.Contains(':', StringComparison.Ordinal) ? [value] : value.Split(',', StringSplitOptions.TrimEntries)).Distinct()];

    /// <summary>A text with a setting, unless it has the option already.</summary>
    public static string WithDefault(string text, GovernorOption option, string value) =>
        SpecText.Parts(SpecText.Split(text).Options).Any(part => part.Name is not null && option.Has(part.Name)) ? text : SpecText.With(text, option.Name, value);

    /// <summary>The text that a user would write who knows the line's rate and the bound.</summary>
    /// <param name="text">The text that was given; it names a governor.</param>
    /// <param name="peak">Highest arrival rate in packets per second; infinity or NaN when none is known: then it is 0.</param>
    /// <param name="delayBound">Delay bound, in simulated time.</param>
    /// <param name="withUnknownPeak">Whether a peak that is not known is said to be 0, or left out.</param>
    /// <param name="watts">Power of each P-state; null where it is left out.</param>
    /// <param name="idle">Idle states, which tell how late waits end and what is drawn meanwhile; null where both are left out.</param>
    public static string Configured(string text, double peak, long delayBound, bool withUnknownPeak = true, IReadOnlyList<double>? watts = null, IdleStates? idle = null)
    {
        // That of the longest wait: shorter ones may end in a shallower state, and are less late.
        long wait = MaxWait(text);
        IdleState? state = wait > 0 && idle is not null && idle.Reached(wait) is var reached and not IdleStates.None ? idle.List[reached] : null;
        foreach (GovernorOption option in ComparedGovernors.List.Find(text)!.Options)
        {
            text = option.Role switch
            {
                GovernorRole.DelayBound => WithDefault(text, option, TimeText.Format(delayBound)),
                GovernorRole.PeakRate when double.IsFinite(peak) || withUnknownPeak => WithDefault(text, option, Rate(peak)),
                GovernorRole.Watts when watts is not null => WithDefault(text, option, string.Join('/', watts.Select(NumberText.Format))),
                GovernorRole.WakeTime when wait > 0 && idle is not null => WithDefault(text, option, TimeText.Format(PollLoopOptions.UsualWakeTime + (state?.ExitLatency ?? 0))),
                GovernorRole.IdleWatts when state is not null => WithDefault(text, option, NumberText.Format(state.Watts)),
                _ => text,
            };
        }

        return text;
    }

    /// <summary>A governor for a study.</summary>
    /// <param name="text">Its text, which is valid.</param>
    /// <param name="peak">Highest arrival rate of a workload.</param>
    /// <param name="delayBound">Delay bound, in simulated time.</param>
    /// <param name="core">The core, whose powers governors are told.</param>
    /// <param name="name">Its name in the results; null is the text.</param>
    /// <param name="settles">Whether it gets the time that it needs to settle.</param>
    public static StudyGovernor ForStudy(string text, Func<Workload, double> peak, long delayBound, CoreModel core, string? name = null, bool settles = false) =>
        new(name ?? text, (context, workload) => ComparedGovernors.Parse(Configured(text, peak(workload), delayBound, watts: core.Watts, idle: core.Idle))(context))
        {
            DecisionPeriod = ComparedGovernors.List.Find(text)!.DecidesEachPoll ? 0 : null,
            SettlesWithin = settles ? SimTime.From(ComparedGovernors.List.Find(text)!.SettlesWithin) : 0,
        };

    private static long MaxWait(string text)
    {
        GovernorOption? option = ComparedGovernors.List.Find(text)!.Options.FirstOrDefault(option => option.Role == GovernorRole.MaxWait);
        return option is null ? 0 : SpecText.Parts(SpecText.Split(text).Options).Where(part => part.Name is not null && option.Has(part.Name))
            .Select(part => TimeText.TryRead(part.Value, out long wait) ? wait : 0).FirstOrDefault();
    }

    private static string Rate(double peak) =>
        double.IsFinite(peak) ? Math.Min(Math.Ceiling(peak), HighestPeak).ToString("0", CultureInfo.InvariantCulture) : "0";
}
