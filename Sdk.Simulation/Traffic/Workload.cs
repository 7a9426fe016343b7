namespace PollScale.Simulation.Traffic;

/// <summary>Traffic to compare governors with.</summary>
/// <param name="Name">Short name for tables.</param>
/// <param name="Model">The traffic.</param>
/// <param name="ServiceRate">Rate that the core serves at its highest frequency, in packets per second.</param>
internal sealed record Workload(string Name, ITrafficModel Model, double ServiceRate)
{
    /// <summary>Whether no 100 us bring more than the core can serve: only then can a governor be asked to lose nothing.</summary>
    public bool IsFeasible => Model.PeakRate <= ServiceRate;
}
