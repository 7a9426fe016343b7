namespace PollScale.Simulation.Traffic.Models;

/// <summary>
/// Amplitudes of switching sources, as shares of their sum, with which the variance of their summed rate falls over time as that of
/// self-similar traffic. Amplitudes fall as a power of the stay. Four sources do not make a straight line, so the power is the one
/// whose variance-time plot has the wanted slope over the range of <see cref="Spans"/>.
/// </summary>
internal static class HurstWeights
{
    /// <summary>Spans of the variance-time plot, as powers of 2 of the shortest stay: 1 .. 256, what four decades of stays carry.</summary>
    private const int Spans = 9;

    private const double LeastPower = -4;
    private const double MostPower = 8;
    private const int Halvings = 60;

    /// <summary>The amplitudes.</summary>
    /// <param name="hurst">Hurst parameter, 0.55 .. 0.95.</param>
    /// <param name="scales">Number of sources.</param>
    /// <param name="ratio">Ratio of a source's stay to the next faster one's.</param>
    public static double[] Find(double hurst, int scales, int ratio)
    {
        double low = LeastPower, high = MostPower;
        for (int i = 0; i < Halvings; i++)
        {
            double middle = (low + high) / 2;
            (low, high) = Hurst(Amplitudes(middle, scales, ratio), ratio) > hurst ? (middle, high) : (low, middle);
        }

        double[] amplitudes = Amplitudes(low, scales, ratio);
        double total = amplitudes.Sum();
        return [.. amplitudes.Select(a => a / total)];
    }

    /// <summary>The Hurst parameter that a straight line through the variance-time plot gives.</summary>
    public static double Hurst(double[] amplitudes, int ratio)
    {
        double sumX = 0, sumY = 0, sumXY = 0, sumXX = 0;
        for (int i = 0; i < Spans; i++)
        {
            double x = i * Math.Log(2), y = Math.Log(Variance(amplitudes, ratio, 1 << i));
            (sumX, sumY, sumXY, sumXX) = (sumX + x, sumY + y, sumXY + (x * y), sumXX + (x * x));
        }

        double slope = ((Spans * sumXY) - (sumX * sumY)) / ((Spans * sumXX) - (sumX * sumX));
        return 1 + (slope / 2);
    }

    private static double[] Amplitudes(double power, int scales, int ratio) =>
        [.. Enumerable.Range(0, scales).Select(i => Math.Pow(ratio, -power * i / 2))];

    // Variance of the mean rate over a span. A source that leaves either phase at rate 1/stay has the covariance
    // a^2 exp(-2t / stay); integrated twice.
    private static double Variance(double[] amplitudes, int ratio, double span)
    {
        double variance = 0, stay = 1;
        foreach (double amplitude in amplitudes)
        {
            double x = 2 * span / stay;
            variance += amplitude * amplitude * 2 / x * (1 - ((1 - Math.Exp(-x)) / x));
            stay *= ratio;
        }

        return variance;
    }
}
