using PollScale.Simulation.Cores;

namespace PollScale.Simulation.Oracle;

/// <summary>
/// The least power at which a service rate can be kept up: the lower convex hull of what the P-states serve and draw. A rate between
/// two corners is reached by switching between them.
/// </summary>
/// <remarks>
/// A P-state draws its power at any rate up to its service rate, for a polling core is never idle. So the hull starts at rate 0 with
/// the least power of all and never falls.
/// </remarks>
public sealed class PowerHull
{
    private readonly List<(double Rate, double Watts)> _corners = [];

    /// <summary>Makes a hull.</summary>
    /// <param name="rates">Service rates in packets per second, above 0.</param>
    /// <param name="watts">Power at each, in W.</param>
    /// <param name="sleepWatts">Power at rate 0 of a core that can sleep, wake-ups being free; null when it always polls.</param>
    /// <exception cref="ArgumentException">The lists are empty or of different length, or hold a value out of range.</exception>
    public PowerHull(IReadOnlyList<double> rates, IReadOnlyList<double> watts, double? sleepWatts = null)
    {
        ArgumentNullException.ThrowIfNull(rates);
        ArgumentNullException.ThrowIfNull(watts);
        if (rates.Count == 0 || rates.Count != watts.Count)
        {
            throw new ArgumentException($"{rates.Count} rates and {watts.Count} powers were given; a hull needs as many of both, and at least one.", nameof(rates));
        }

        if (rates.Any(rate => !(rate > 0 && double.IsFinite(rate))) || watts.Append(sleepWatts ?? 0).Any(power => !(power >= 0 && double.IsFinite(power))))
        {
            throw new ArgumentException("Rates must be above 0, powers at least 0, and all finite.", nameof(rates));
        }

        _corners.Add((0, Math.Min(watts.Min(), sleepWatts ?? double.PositiveInfinity)));
        foreach ((double Rate, double Watts) corner in rates.Zip(watts).OrderBy(pair => pair.First).ThenByDescending(pair => pair.Second))
        {
            while (_corners.Count > 1 && Above(_corners[^2], _corners[^1], corner))
            {
                _corners.RemoveAt(_corners.Count - 1);
            }

            _corners.Add(corner);
        }
    }

    /// <summary>Highest rate in packets per second: mu_max.</summary>
    public double MaxRate => _corners[^1].Rate;

    /// <summary>Power at <see cref="MaxRate"/>, in W.</summary>
    public double MaxWatts => _corners[^1].Watts;

    /// <summary>The hull of a core, with full bursts.</summary>
    /// <param name="core">The core.</param>
    /// <param name="sleepWatts">Power at rate 0 of a core that can sleep; null when it always polls.</param>
    public static PowerHull Of(CoreModel core, double? sleepWatts = null)
    {
        ArgumentNullException.ThrowIfNull(core);
        return new PowerHull([.. Enumerable.Range(0, core.KHz.Count).Select(core.ServiceRate)], core.Watts, sleepWatts);
    }

    /// <summary>Least power at a rate, in W; above <see cref="MaxRate"/> it stays <see cref="MaxWatts"/>.</summary>
    public double Watts(double rate)
    {
        int i = 1;
        while (i < _corners.Count && _corners[i].Rate < rate)
        {
            i++;
        }

        if (i == _corners.Count)
        {
            return MaxWatts;
        }

        (double fromRate, double fromWatts) = _corners[i - 1];
        (double toRate, double toWatts) = _corners[i];
        return fromWatts + ((toWatts - fromWatts) * (Math.Max(0, rate) - fromRate) / (toRate - fromRate));
    }

    private static bool Above((double Rate, double Watts) from, (double Rate, double Watts) middle, (double Rate, double Watts) to) =>
        (middle.Watts - from.Watts) * (to.Rate - middle.Rate) >= (to.Watts - middle.Watts) * (middle.Rate - from.Rate);
}
