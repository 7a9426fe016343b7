using PollScale.Simulation.Oracle;

namespace PollScale.Simulation.Tests.Oracle;

/// <summary>The taut string in its plainest form: every arrival looked at for what is due, two lists of points, nothing remembered.</summary>
internal sealed class PlainOracle
{
    private readonly List<(double Time, double Count)> _upper, _lower;
    private readonly List<OracleSegment> _segments = [];

    private PlainOracle(long start) => (_upper, _lower) = ([(start, 0)], [(start, 0)]);

    public static IReadOnlyList<OracleSegment> Solve(OracleBounds bounds, long[] arrivals)
    {
        PlainOracle path = new(bounds.Start);
        Queue<long> pending = new();
        long removed = 0, before = 0, now = bounds.Start;
        foreach (long time in arrivals.Where(time => time >= bounds.Start && time < bounds.End))
        {
            Expire(time);
            if (time > now)
            {
                (now, before) = (time, removed + pending.Count);
                path.Add(path._upper, path._lower, 1, (time, before));
            }

            if (pending.Count == bounds.RingSize)
            {
                if (removed + 1 - bounds.BurstSize > before)
                {
                    continue;
                }

                Due(time);
            }

            pending.Enqueue(time);
        }

        Expire(bounds.End);
        path.Add(path._upper, path._lower, 1, (bounds.End, Math.Max(0, removed - bounds.BurstSize)));
        while (path._upper.Count > 1)
        {
            path.Emit(path._upper);
        }

        return path._segments;

        void Expire(long time)
        {
            while (pending.TryPeek(out long oldest) && oldest + bounds.Deadline <= time)
            {
                Due(oldest + bounds.Deadline);
            }
        }

        void Due(long time)
        {
            pending.Dequeue();
            if (++removed > bounds.BurstSize)
            {
                path.Add(path._lower, path._upper, -1, (time, removed - bounds.BurstSize));
            }
        }
    }

    private void Add(List<(double Time, double Count)> own, List<(double Time, double Count)> other, double side, (double Time, double Count) point)
    {
        while (own.Count > 1 && side * Turn(own[^2], own[^1], point) <= 0)
        {
            own.RemoveAt(own.Count - 1);
        }

        if (own.Count == 1)
        {
            while (other.Count > 1 && side * Turn(other[0], other[1], point) < 0)
            {
                Emit(other);
            }

            own[0] = other[0];
        }

        own.Add(point);
    }

    private void Emit(List<(double Time, double Count)> chain)
    {
        _segments.Add(new OracleSegment((long)chain[0].Time, (long)chain[1].Time, (long)(chain[1].Count - chain[0].Count)));
        chain.RemoveAt(0);
    }

    private static double Turn((double Time, double Count) first, (double Time, double Count) middle, (double Time, double Count) last) =>
        ((last.Count - middle.Count) * (middle.Time - first.Time)) - ((middle.Count - first.Count) * (last.Time - middle.Time));
}
