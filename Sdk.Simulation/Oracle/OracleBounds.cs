using PollScale.Simulation.Cores;

namespace PollScale.Simulation.Oracle;

/// <summary>What every schedule that the oracle stands for must keep, and when it is watched.</summary>
public sealed record OracleBounds
{
    /// <summary>Longest queueing delay D of any packet, from its arrival to the poll that takes it, in simulated time: 1 ps .. 1000 s.</summary>
    public required long Deadline { get; init; }

    /// <summary>Packets the ring holds, B, at least 1; <see cref="int.MaxValue"/> for a ring that never overflows.</summary>
    public int RingSize { get; init; } = int.MaxValue;

    /// <summary>Most packets a poll takes, at least 0; 0 for a core that takes packets as it works them off.</summary>
    public required int BurstSize { get; init; }

    /// <summary>Begin, in simulated time. Packets from before count as served, whoever served them.</summary>
    public long Start { get; init; }

    /// <summary>End, in simulated time, after <see cref="Start"/>, at most 9000 s. Packets that may wait longer need not be served.</summary>
    public required long End { get; init; }

    internal void Validate()
    {
        Check(Deadline is > 0 and <= 1000 * SimTime.Second, nameof(Deadline), Deadline, "1 ps .. 1000 s");
        Check(RingSize > 0, nameof(RingSize), RingSize, "at least 1 packet");
        Check(BurstSize >= 0, nameof(BurstSize), BurstSize, "at least 0 packets");
        Check(Start >= 0, nameof(Start), Start, "at least 0");
        Check(End > Start && End <= 9000 * SimTime.Second, nameof(End), End, $"after Start, {Start}, and at most 9000 s");
    }

    private static void Check(bool valid, string name, long value, string expected)
    {
        if (!valid)
        {
            throw new ArgumentException($"OracleBounds.{name} is {value}; it must be {expected}.", name);
        }
    }
}
