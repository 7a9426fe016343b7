using PollScale.Simulation.Traffic;

namespace PollScale.Simulation.Studies;

/// <summary>Arrivals that end a long run in its middle when it is cancelled.</summary>
internal sealed class StoppableArrivals(IArrivals arrivals, CancellationToken cancellation) : IArrivals
{
    public int Fill(Span<long> times)
    {
        cancellation.ThrowIfCancellationRequested();
        return arrivals.Fill(times);
    }

    public int Fill(Span<long> times, Span<ushort> bytes)
    {
        cancellation.ThrowIfCancellationRequested();
        return arrivals.Fill(times, bytes);
    }
}
