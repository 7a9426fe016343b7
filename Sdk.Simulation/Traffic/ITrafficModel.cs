namespace PollScale.Simulation.Traffic;

/// <summary>A kind of traffic with its parameters.</summary>
public interface ITrafficModel
{
    /// <summary>Name with parameters, as the command line takes it.</summary>
    string Name { get; }

    /// <summary>Highest rate in packets per second that the traffic can reach over any 100 us, or infinity when it has no bound.</summary>
    double PeakRate { get; }

    /// <summary>
    /// Whether no time, however short, brings more packets than a rate allows, but for the few that arrive at once: <see cref="PeakRate"/>
    /// is a mean over 100 us.
    /// </summary>
    /// <param name="rate">Packets per second.</param>
    bool KeepsTo(double rate) => PeakRate <= rate;

    /// <summary>Arrivals from 0 up to a time.</summary>
    /// <param name="seed">Seed; traffic that is not random ignores it.</param>
    /// <param name="duration">End, in simulated time.</param>
    IArrivals Start(ulong seed, long duration);
}
