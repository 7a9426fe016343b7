using PollScale.Governors;
using PollScale.Polling;

namespace PollScale.Simulation.Tests.Running;

/// <summary>Keeps what another governor is given and decides.</summary>
internal sealed class RecordedGovernor(IGovernor governor, Action decided) : IGovernor
{
    public List<(QueueSample Sample, ScalingDecision Decision)> Decisions { get; } = [];

    public ScalingDecision Decide(in QueueSample sample)
    {
        ScalingDecision decision = governor.Decide(sample);
        Decisions.Add((sample, decision));
        decided();
        return decision;
    }
}
