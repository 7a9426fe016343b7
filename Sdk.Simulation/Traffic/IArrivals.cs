namespace PollScale.Simulation.Traffic;

/// <summary>A sequence of packet arrivals, made bit by bit. One instance serves one run; the same model and seed give the same sequence.</summary>
public interface IArrivals
{
    /// <summary>Writes the next arrivals, in simulated time, never falling.</summary>
    /// <param name="times">Where they go.</param>
    /// <returns>How many were written; fewer than asked for only at the end of the traffic, 0 after it.</returns>
    int Fill(Span<long> times);
}
