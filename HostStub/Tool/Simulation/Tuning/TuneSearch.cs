using PollScale.Randomness;

namespace PollScale.HostStub.Simulation.Tuning;

/// <summary>
/// Searches settings: random ones over the whole range, then from the best of them one option at a time, with steps that halve when
/// none helps. Points are positions in each option's range, 0 .. 1. The same seed tries the same points.
/// </summary>
/// <param name="start">Where the search begins: the setting that is given.</param>
/// <param name="evaluate">Scores some points at once; null ends the search.</param>
internal sealed class TuneSearch(double[] start, Func<IReadOnlyList<double[]>, IReadOnlyList<TuneScore>?> evaluate)
{
    private const double FirstStep = 0.2, LastStep = 0.01;
    private const ulong Seed = 0x70E5;

    /// <summary>Best point found.</summary>
    public double[] Best { get; private set; } = start;

    /// <summary>Its score; null while nothing was scored.</summary>
    public TuneScore? BestScore { get; private set; }

    /// <summary>Score of the start; null while nothing was scored.</summary>
    public TuneScore? StartScore { get; private set; }

    /// <summary>Points scored.</summary>
    public int Runs { get; private set; }

    /// <summary>Searches.</summary>
    /// <param name="budget">Points to score at most, 1 or more.</param>
    /// <returns>False when it was ended early.</returns>
    public bool Run(int budget)
    {
        SplitMix64 random = new(Seed);
        int options = Best.Length;
        List<double[]> batch = [Best];
        for (int i = 1; i < (budget + 1) / 2; i++)
        {
            double[] point = new double[options];
            for (int k = 0; k < point.Length; k++)
            {
                point[k] = random.NextUnit();
            }

            batch.Add(point);
        }

        if (!Try(batch))
        {
            return false;
        }

        double step = FirstStep;
        while (Runs < budget && step >= LastStep && options > 0)
        {
            double[] before = Best;
            if (!Try([.. Neighbours(before, step).Take(budget - Runs)]))
            {
                return false;
            }

            step = ReferenceEquals(before, Best) ? step / 2 : step;
        }

        return true;
    }

    private static IEnumerable<double[]> Neighbours(double[] point, double step)
    {
        for (int k = 0; k < point.Length; k++)
        {
            foreach (double moved in (double[])[Math.Min(1, point[k] + step), Math.Max(0, point[k] - step)])
            {
                if (moved != point[k])
                {
                    double[] neighbour = [.. point];
                    neighbour[k] = moved;
                    yield return neighbour;
                }
            }
        }
    }

    private bool Try(List<double[]> batch)
    {
        if (evaluate(batch) is not { } scores)
        {
            return false;
        }

        for (int i = 0; i < batch.Count; i++)
        {
            StartScore ??= scores[i];
            if (BestScore is not TuneScore best || scores[i].IsBetterThan(best))
            {
                Best = batch[i];
                BestScore = scores[i];
            }
        }

        Runs += batch.Count;
        return true;
    }
}
