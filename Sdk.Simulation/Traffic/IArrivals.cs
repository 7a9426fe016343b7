namespace PollScale.Simulation.Traffic;

/// <summary>A sequence of packet arrivals, made bit by bit. One instance serves one run; the same model and seed give the same sequence.</summary>
public interface IArrivals
{
    /// <summary>Writes the next arrivals, in simulated time, never falling.</summary>
    /// <param name="times">Where they go.</param>
    /// <returns>How many were written; fewer than asked for only at the end of the traffic, 0 after it.</returns>
    int Fill(Span<long> times);

    /// <summary>The same with the lengths of their frames in bytes; 0 where the traffic has none.</summary>
    /// <param name="times">Where the times go.</param>
    /// <param name="bytes">Where the lengths go, as many.</param>
    /// <returns>How many were written.</returns>
    int Fill(Span<long> times, Span<ushort> bytes)
    {
        int count = Fill(times);
        bytes[..count].Clear();
        return count;
    }
}
