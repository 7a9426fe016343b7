namespace PollScale.Simulation.Traffic.Generators;

/// <summary>Lognormal draws, by the Box-Muller transform (Ann. Math. Stat. 29(2) 1958).</summary>
internal static class Lognormal
{
    /// <summary>A draw exp(mu + sigma * N).</summary>
    public static double Next(ref Xoshiro256 random, double mu, double sigma) => Math.Exp(mu + (sigma * Normal(ref random)));

    /// <summary>The mu with which draws have the given mean.</summary>
    public static double Mu(double mean, double sigma) => Math.Log(mean) - (sigma * sigma / 2);

    /// <summary>A standard normal draw.</summary>
    public static double Normal(ref Xoshiro256 random) =>
        Math.Sqrt(-2 * Math.Log(random.NextPositive())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
