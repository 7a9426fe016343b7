namespace PollScale.Simulation.Oracle;

/// <summary>A point of a cumulative curve.</summary>
/// <param name="Time">Simulated time; whole, and below 2^53, so that a double holds it.</param>
/// <param name="Count">Packets up to then, whole.</param>
internal readonly record struct PathPoint(double Time, double Count)
{
    // Differences are exact; a product's rounding (1e-16) only decides between slopes that are equal to as many digits.

    /// <summary>Above 0 when the slope rises at <paramref name="middle"/>, below when it falls, 0 on a line.</summary>
    public static double Turn(in PathPoint first, in PathPoint middle, in PathPoint last) =>
        ((last.Count - middle.Count) * (middle.Time - first.Time)) - ((middle.Count - first.Count) * (last.Time - middle.Time));
}
