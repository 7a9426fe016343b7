namespace PollScale.Simulation.Traffic.Adversary;

/// <summary>Random candidates first, then hill climbing from the worst, begun anew when it stays without success.</summary>
internal static class HillClimb
{
    // A start from scratch after this many mutations in vain.
    private const int Patience = 60;

    /// <summary>Scores candidates and gives the worst, its score and which of them it was, from 1.</summary>
    /// <param name="draw">A random candidate.</param>
    /// <param name="mutate">A neighbour.</param>
    /// <param name="score">How bad one is; more is worse, NaN counts as not bad at all.</param>
    /// <param name="budget">How many to score, at least 1.</param>
    /// <param name="randomShare">Share of them that is random before climbing.</param>
    public static (T Worst, double Score, int FoundAt) Run<T>(Func<T> draw, Func<T, T> mutate, Func<T, double> score, int budget, double randomShare)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(score);
        ArgumentOutOfRangeException.ThrowIfLessThan(budget, 1);
        int randoms = Math.Max(1, (int)(randomShare * budget));
        (T Candidate, double Score, int At)? worst = null;
        T? hill = null;
        double hillScore = 0;
        int inVain = 0;
        for (int tried = 1; tried <= budget; tried++)
        {
            bool isFresh = hill is null || inVain > Patience;
            T candidate = isFresh || tried <= randoms ? draw() : mutate(hill!);
            double value = score(candidate);
            value = double.IsNaN(value) ? double.NegativeInfinity : value;
            worst = worst is null || value > worst.Value.Score ? (candidate, value, tried) : worst;

            // An equal score is taken too: it leads along plateaus.
            inVain = isFresh || tried <= randoms || value > hillScore ? 0 : inVain + 1;
            (hill, hillScore) = isFresh || value >= hillScore ? (candidate, value) : (hill, hillScore);
        }

        return worst!.Value;
    }
}
