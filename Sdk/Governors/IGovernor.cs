using PollScale.Polling;

namespace PollScale.Governors;

/// <summary>
/// A rule that turns queue samples into P-states. It is a function of the samples it has seen: it reads no clock, makes no call,
/// takes no lock, allocates nothing and does not throw. One instance serves one lcore.
/// </summary>
public interface IGovernor
{
    /// <summary>Decides after one sample. Called on the polling thread, about every decision period.</summary>
    ScalingDecision Decide(in QueueSample sample);
}
