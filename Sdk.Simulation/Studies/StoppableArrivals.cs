using PollScale.Simulation.Traffic;

namespace PollScale.Simulation.Studies;

/// <summary>Arrivals that end a long run in its middle when it is cancelled, and tell how far it is.</summary>
/// <param name="arrivals">The arrivals.</param>
/// <param name="end">End of the run, in simulated time.</param>
/// <param name="progress">Told the share of the run that its arrivals have come to, now and then; null for nobody.</param>
/// <param name="cancellation">Ends the run.</param>
internal sealed class StoppableArrivals(IArrivals arrivals, long end, Action<double>? progress, CancellationToken cancellation) : IArrivals
{
    private const double Step = 0.01;
    private double _told;

    public int Fill(Span<long> times) => Filled(arrivals.Fill(times), times);

    public int Fill(Span<long> times, Span<ushort> bytes) => Filled(arrivals.Fill(times, bytes), times);

    private int Filled(int count, Span<long> times)
    {
        cancellation.ThrowIfCancellationRequested();
        double share = count > 0 ? Math.Min(1, times[count - 1] / (double)end) : _told;
        if (progress is not null && share >= _told + Step)
        {
            _told = share;
            progress(share);
        }

        return count;
    }
}
