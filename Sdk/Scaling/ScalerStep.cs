using PollScale.Governors;

namespace PollScale.Scaling;

/// <summary>One decision: what a <see cref="ScalerCore"/> wants of its driver.</summary>
/// <param name="Decision">What the governor wanted.</param>
/// <param name="Backlog">Packets waiting, by the sample; -1 when unknown.</param>
/// <param name="Target">P-state to run at.</param>
/// <param name="Cause">What made it the target.</param>
/// <param name="Calls">The driver is to ask the host for <paramref name="Target"/>.</param>
/// <param name="MayCall">A call would be made, were one needed: the host grants control, and no back-off runs.</param>
/// <param name="ControlGranted">The host lets P-states be changed.</param>
internal readonly record struct ScalerStep(
    ScalingDecision Decision, int Backlog, int Target, DecisionCause Cause, bool Calls, bool MayCall, bool ControlGranted);
