using System.Globalization;
using PollScale.Governors;
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

    /// <summary>Name of the governor in a text.</summary>
    public static string Name(string text) => text.Split(':')[0];

    /// <summary>A text with a setting, unless it has the option already.</summary>
    public static string WithDefault(string text, string option, string value)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            return $"{text}:{option}={value}";
        }

        bool given = text[(colon + 1)..].Split(',').Any(part => part.StartsWith(option + "=", StringComparison.Ordinal));
        return given ? text : $"{text},{option}={value}";
    }

    /// <summary>The text that a user would write who knows the line's rate and the bound.</summary>
    /// <param name="text">The text that was given.</param>
    /// <param name="peak">Highest arrival rate in packets per second; 0 or infinity when none is known.</param>
    /// <param name="delayBound">Delay bound, in simulated time.</param>
    public static string Configured(string text, double peak, long delayBound)
    {
        string rate = double.IsFinite(peak) ? Math.Min(Math.Ceiling(peak), HighestPeak).ToString("0", CultureInfo.InvariantCulture) : "0";
        return Name(text) switch
        {
            "optimal-available" => WithDefault(WithDefault(text, "delay-bound", SimTimeText.Format(delayBound)), "peak", rate),
            "arrival-envelope" => WithDefault(text, "delay-bound", SimTimeText.Format(delayBound)),
            "drain-time" => WithDefault(text, "peak-rate", rate),
            _ => text,
        };
    }

    /// <summary>A governor for a study.</summary>
    /// <param name="text">Its text, which is valid.</param>
    /// <param name="peak">Highest arrival rate of a workload.</param>
    /// <param name="delayBound">Delay bound, in simulated time.</param>
    /// <param name="name">Its name in the results; null is the text.</param>
    public static StudyGovernor ForStudy(string text, Func<Workload, double> peak, long delayBound, string? name = null) =>
        new(name ?? text, (context, workload) => GovernorCatalog.Parse(Configured(text, peak(workload), delayBound))(context))
        {
            // These rules are written for a look at every poll.
            DecisionPeriod = Name(text) is "l3fwd-power" or "pmd-scale" ? 0 : null,
        };
}
