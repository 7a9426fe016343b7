namespace PollScale.Simulation.Oracle;

/// <summary>A point of a cumulative curve.</summary>
/// <param name="Time">Simulated time.</param>
/// <param name="Count">Packets up to then.</param>
internal readonly record struct PathPoint(long Time, long Count)
{
    // Differences are exact; a product's rounding (1e-16) only decides between slopes that are equal to as many digits.

    /// <summary>Above 0 when the slope rises at <paramref name="middle"/>, below when it falls, 0 on a line.</summary>
    public static double Turn(in PathPoint first, in PathPoint middle, in PathPoint last) =>
        ((double)(last.Count - middle.Count) * (middle.Time - first.Time)) - ((double)(middle.Count - first.Count) * (last.Time - middle.Time));
}
