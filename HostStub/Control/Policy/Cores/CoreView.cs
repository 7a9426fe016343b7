using PollScale.HostStub.Frequency;

namespace PollScale.HostStub.Policy.Cores;

/// <summary>A core as one of its vCPUs' pCPUs shows it at one moment.</summary>
/// <param name="Real">P-state index in effect: of the threads of a core the fastest. -1 for none.</param>
/// <param name="InForce">The one that was last set, and may take effect later.</param>
/// <param name="WhyOther">Why that is not what the vCPU wishes; without meaning where it is.</param>
/// <param name="Meter">Counts the pCPU's time in each P-state; null where nobody does.</param>
internal readonly record struct CoreView(int Real, int InForce, AuditReason WhyOther, IEnergySource? Meter);
