namespace PollScale.Simulation.Oracle;

/// <summary>
/// The shortest path from (start, 0) that stays under some points and over others, which come in order of time. Among all paths it
/// has the least integral of every convex function of its slope, so it is the optimal schedule for any power curve at once.
/// </summary>
/// <remarks>
/// A funnel: from its apex one chain wraps under the upper points (slopes rise), one over the lower points (slopes fall). A point
/// that falls behind the other chain moves the apex along it, and what lies behind the apex is final. Each point enters and leaves a
/// chain once, so the time is linear; the memory is the two chains.
/// </remarks>
internal sealed class TautString(long start, Action<OracleSegment> emit)
{
    private readonly TautChain _upper = new(start);
    private readonly TautChain _lower = new(start);

    /// <summary>The path must not be above <paramref name="count"/> at <paramref name="time"/>.</summary>
    public void AtMost(long time, long count) => Add(_upper, _lower, 1, new PathPoint(time, count));

    /// <summary>The path must not be below <paramref name="count"/> at <paramref name="time"/>.</summary>
    public void AtLeast(long time, long count) => Add(_lower, _upper, -1, new PathPoint(time, count));

    /// <summary>Ends the path in a point that breaks no bound.</summary>
    public void Finish(long time, long count)
    {
        AtMost(time, count);
        while (_upper.Count > 1)
        {
            Emit(_upper);
        }
    }

    private void Add(TautChain own, TautChain other, double side, PathPoint point)
    {
        if (!own.Extend(point, side))
        {
            Turn(own, other, side, point);
        }
    }

    private void Turn(TautChain own, TautChain other, double side, PathPoint point)
    {
        while (other.Count > 1 && side * PathPoint.Turn(other[0], other[1], point) < 0)
        {
            Emit(other);
        }

        own.Restart(other[0]);
        own.Append(point);
    }

    private void Emit(TautChain chain)
    {
        emit(new OracleSegment((long)chain[0].Time, (long)chain[1].Time, (long)(chain[1].Count - chain[0].Count)));
        chain.RemoveFirst();
    }
}
