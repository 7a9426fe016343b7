namespace PollScale.HostStub.Simulation.Tuning;

/// <summary>How good a setting is: fewer invalid runs first, then less energy over the oracle's.</summary>
/// <param name="InvalidRuns">Runs that lost packets or came late without need.</param>
/// <param name="EnergyRatio">Geometric mean of energy over the oracle's, of all runs: settings are compared on the same ones.</param>
internal readonly record struct TuneScore(int InvalidRuns, double EnergyRatio)
{
    // Less than this is noise of the seeds.
    private const double Noise = 1e-3;

    /// <summary>Whether it is better.</summary>
    public bool IsBetterThan(TuneScore other) =>
        InvalidRuns != other.InvalidRuns ? InvalidRuns < other.InvalidRuns : EnergyRatio < other.EnergyRatio;

    /// <summary>Whether it is better by more than noise.</summary>
    public bool IsClearlyBetterThan(TuneScore other) =>
        InvalidRuns != other.InvalidRuns ? InvalidRuns < other.InvalidRuns : EnergyRatio < other.EnergyRatio * (1 - Noise);
}
