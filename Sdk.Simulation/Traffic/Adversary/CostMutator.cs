using PollScale.Simulation.Cores;
using PollScale.Simulation.Costs;
using PollScale.Simulation.Traffic.Generators;

namespace PollScale.Simulation.Traffic.Adversary;

/// <summary>Draws costs that step within a range, with steals or without, and changes them a little.</summary>
/// <param name="low">Least factor.</param>
/// <param name="high">Greatest factor.</param>
/// <param name="steal">Longest steal, in simulated time; 0 for none.</param>
/// <param name="random">Random numbers.</param>
internal sealed class CostMutator(double low, double high, long steal, Xoshiro256 random)
{
    private const int MostFactors = 8;
    private const long LeastStep = 50 * SimTime.Microsecond, MostStep = 50 * SimTime.Millisecond;
    private const long LeastGap = 2 * SimTime.Millisecond, MostGap = 50 * SimTime.Millisecond;
    private Xoshiro256 _random = random;

    /// <summary>Random costs: none that change, steps, or bursts of the dearest among others.</summary>
    public CostPattern Draw() => new(
        LogUniform(LeastStep, MostStep), [.. Enumerable.Range(0, 1 + _random.Below(MostFactors)).Select(_ => Factor())], _random.Below(2) == 0 ? 0 : steal, LogUniform(LeastGap, MostGap));

    /// <summary>A neighbour.</summary>
    public CostPattern Mutate(CostPattern costs)
    {
        double[] factors = [.. costs.Factors];
        factors[_random.Below(factors.Length)] = Factor();
        return _random.Below(6) switch
        {
            0 => Draw(),
            1 => costs with { Step = LogUniform(LeastStep, MostStep) },
            2 => costs with { StealTime = steal - costs.StealTime, StealGap = LogUniform(LeastGap, MostGap) },
            _ => costs with { Factors = factors },
        };
    }

    // The extremes hurt most, and so does what is as usual before them.
    private double Factor() => _random.Below(4) switch
    {
        0 => low,
        1 => 1,
        2 => high,
        _ => low * Math.Pow(high / low, _random.NextDouble()),
    };

    private long LogUniform(long least, long most) => (long)(least * Math.Pow((double)most / least, _random.NextDouble()));
}
