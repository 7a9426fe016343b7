using PollScale.Governors;
using PollScale.Simulation.Traffic;

namespace PollScale.Simulation.Studies;

/// <summary>A governor to study.</summary>
/// <param name="Name">Its name in the results.</param>
/// <param name="Make">Makes one for a context and a workload; the workload tells the line rate that a user would configure.</param>
internal sealed record StudyGovernor(string Name, Func<GovernorContext, Workload, IGovernor> Make)
{
    /// <summary>Time between decisions, in simulated time; null takes the study's. Rules that look at every poll take 0.</summary>
    public long? DecisionPeriod { get; init; }

    /// <summary>Time within which it settles, in simulated time: what a study's warm-up falls short of it is played before, with traffic of the same kind.</summary>
    public long SettlesWithin { get; init; }
}
