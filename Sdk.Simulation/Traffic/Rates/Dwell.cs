using PollScale.Simulation.Traffic.Generators;

namespace PollScale.Simulation.Traffic.Rates;

/// <summary>How long a source stays in a phase: exponential or lognormal.</summary>
internal readonly record struct Dwell
{
    // Ten days.
    private const double Longest = 864_000e12;
    private readonly double _mu;
    private readonly double _sigma;

    private Dwell(double mean, double mu, double sigma) => (Mean, _mu, _sigma) = (mean, mu, sigma);

    /// <summary>Mean in simulated time.</summary>
    public double Mean { get; }

    /// <summary>Exponential with a mean.</summary>
    public static Dwell Exponential(double mean) => new(mean, 0, double.NaN);

    /// <summary>Lognormal with a mean and the standard deviation of its logarithm; with sigma 0 it is constant.</summary>
    public static Dwell Lognormal(double mean, double sigma) => new(mean, Generators.Lognormal.Mu(mean, sigma), sigma);

    /// <summary>A whole stay.</summary>
    public long Draw(ref Xoshiro256 random) => ToTime(double.IsNaN(_sigma)
        ? Mean * Generators.Exponential.Next(ref random)
        : Generators.Lognormal.Next(ref random, _mu, _sigma));

    /// <summary>
    /// What is left of a stay met at any moment: a uniform share of a stay drawn with a chance that grows with its length, which for a
    /// lognormal is a lognormal of mu + sigma^2. With it traffic starts in its steady state.
    /// </summary>
    public long DrawRest(ref Xoshiro256 random) => ToTime(double.IsNaN(_sigma)
        ? Mean * Generators.Exponential.Next(ref random)
        : random.NextPositive() * Generators.Lognormal.Next(ref random, _mu + (_sigma * _sigma), _sigma));

    private static long ToTime(double time) => (long)Math.Clamp(time, 1, Longest);
}
