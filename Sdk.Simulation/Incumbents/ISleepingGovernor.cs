using PollScale.Governors;

namespace PollScale.Simulation.Incumbents;

/// <summary>A governor whose original also puts the lcore to sleep between polls. A simulated lcore does so; elsewhere nobody sleeps.</summary>
internal interface ISleepingGovernor : IGovernor
{
    /// <summary>What follows the last decision.</summary>
    LcoreSleep Sleep { get; }
}
