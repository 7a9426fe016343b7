using PollScale.Simulation.Traffic;

namespace PollScale.Simulation.Oracle;

/// <summary>
/// The least energy with which a core that knows all arrivals beforehand keeps every packet within a delay and the ring from
/// overflowing: the taut string between what has arrived and what is due, costed on the hull of the core's power.
/// </summary>
/// <remarks>
/// <para>
/// It is a lower bound for every run of the simulator, and of any core that draws at least the hull's power at the rate at which it
/// works, whose packets all keep the bounds. A poll takes a burst out of the ring at once and works it off afterwards; the string
/// counts work done, so it may lag by one burst behind what polls must have taken. Transitions, stalls and short bursts cost a run
/// more, never the oracle. At the start nothing is waiting, and at the end all that may wait does: both favour the oracle, so any
/// window of a run may be compared with it.
/// </para>
/// <para>
/// Not bounded is who drops or delays packets: compare energy only where the bounds were kept. Where the string is steeper than the
/// highest service rate nobody keeps them; such stretches cost the highest power and are reported, and the energy is then no bound.
/// </para>
/// <para>
/// Time is linear in the packets. Memory is the packets within a deadline, at most a ring, and the corners of the two chains;
/// arrivals are exact, not rounded to cells.
/// </para>
/// </remarks>
public static class ClairvoyantOracle
{
    private const int ChunkSize = 4096;

    /// <summary>Solves for arrivals as they are made, which it uses up.</summary>
    /// <param name="bounds">What to keep.</param>
    /// <param name="hull">What the core draws.</param>
    /// <param name="arrivals">Arrivals, from the start of the traffic.</param>
    /// <param name="schedule">Receives the schedule, in order; null keeps none.</param>
    /// <exception cref="ArgumentException">A bound is out of range, or times fall.</exception>
    public static OracleResult Solve(OracleBounds bounds, PowerHull hull, IArrivals arrivals, ICollection<OracleSegment>? schedule = null) =>
        Solve(bounds, hull, null, arrivals, schedule);

    /// <summary>The same, and what it takes at least where the core may sleep.</summary>
    internal static OracleResult Solve(OracleBounds bounds, PowerHull hull, SleepingCore? sleeper, IArrivals arrivals, ICollection<OracleSegment>? schedule = null)
    {
        ArgumentNullException.ThrowIfNull(arrivals);
        (Corridor corridor, ScheduleCost cost) = Start(bounds, hull, schedule, sleeper);
        long[] chunk = new long[ChunkSize];
        for (int count = ChunkSize; count == ChunkSize;)
        {
            count = arrivals.Fill(chunk);
            if (!corridor.Add(chunk.AsSpan(0, count)))
            {
                break;
            }
        }

        return Finish(bounds, corridor, cost);
    }

    /// <summary>Solves for arrivals in memory: times in ps, never falling.</summary>
    internal static OracleResult Solve(OracleBounds bounds, PowerHull hull, ReadOnlySpan<long> arrivals, ICollection<OracleSegment>? schedule = null)
    {
        (Corridor corridor, ScheduleCost cost) = Start(bounds, hull, schedule);
        corridor.Add(arrivals);
        return Finish(bounds, corridor, cost);
    }

    private static (Corridor Corridor, ScheduleCost Cost) Start(OracleBounds bounds, PowerHull hull, ICollection<OracleSegment>? schedule, SleepingCore? sleeper = null)
    {
        ArgumentNullException.ThrowIfNull(bounds);
        ArgumentNullException.ThrowIfNull(hull);
        bounds.Validate();
        ScheduleCost cost = new(hull, schedule, sleeper is null ? null : new SleepingCost(sleeper));
        return (new Corridor(bounds, new TautString(bounds.Start, cost.Add)), cost);
    }

    private static OracleResult Finish(OracleBounds bounds, Corridor corridor, ScheduleCost cost)
    {
        corridor.Finish();
        return cost.Result(bounds.End - bounds.Start, corridor.Packets, corridor.Overflowing, corridor.LongestGap);
    }
}
