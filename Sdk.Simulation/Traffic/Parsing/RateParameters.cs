using PollScale.Notation;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Traffic.Models;

namespace PollScale.Simulation.Traffic.Parsing;

/// <summary>Parameters that several kinds share, with their ranges.</summary>
internal static class RateParameters<T>
    where T : RateTraffic
{
    private const double LeastRate = 0.001;
    private const double MostRate = 1e9;
    private const double LeastLine = 1000;
    private const double MostTime = 86_400.0 * SimTime.Second;
    private const double MostSigma = 3;

    /// <summary>A rate that is not 0.</summary>
    public static Setting<T> Rate(string name, string description, Func<T, double?> get, Func<T, double, T> with) =>
        new NumberSetting<T>(name, description, Quantity.Rate, LeastRate, MostRate, get, with);

    /// <summary>A rate that may be 0.</summary>
    public static Setting<T> RateOrZero(string name, string description, Func<T, double?> get, Func<T, double, T> with) =>
        new NumberSetting<T>(name, description, Quantity.Rate, 0, MostRate, get, with);

    /// <summary>A time of at least 1 us: shorter phases only cost.</summary>
    public static Setting<T> Time(string name, string description, Func<T, long> get, Func<T, long, T> with, params string[] formerNames) =>
        new NumberSetting<T>(name, description, Quantity.Time, SimTime.Microsecond, MostTime, m => get(m), (m, v) => with(m, (long)v)) { FormerNames = formerNames };

    /// <summary>A time of at least 1 us, or none.</summary>
    public static Setting<T> TimeOrNone(string name, string description, Func<T, long?> get, Func<T, long?, T> with) => new NumberSetting<T>(
        name, description, Quantity.TimeOrNone, SimTime.Microsecond, MostTime, m => get(m) ?? double.PositiveInfinity, (m, v) => with(m, double.IsInfinity(v) ? null : (long)v));

    /// <summary>Standard deviation of the logarithm of a lognormal.</summary>
    public static Setting<T> Sigma(string name, string description, Func<T, double?> get, Func<T, double, T> with) =>
        new NumberSetting<T>(name, description, Quantity.Number, 0, MostSigma, get, with);

    /// <summary>Spacing and line of traffic that is a rate.</summary>
    public static IReadOnlyList<Setting<T>> WithCommon(params IReadOnlyList<Setting<T>> own) =>
        [.. own,
        SpacingParameter.Of<T>(m => m.Spacing, (m, v) => (T)((RateTraffic)m with { Spacing = v })),
        new NumberSetting<T>("line", "line rate: packets are at least 1/line apart", Quantity.RateOrNone, LeastLine, MostRate,
            m => m.Line, (m, v) => (T)((RateTraffic)m with { Line = v }))];
}
