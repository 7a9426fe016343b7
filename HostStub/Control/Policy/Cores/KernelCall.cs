using PollScale.Hypercall;

namespace PollScale.HostStub.Policy.Cores;

/// <summary>A call that was answered within the kernel, and changed something or was refused.</summary>
/// <param name="Call">The call.</param>
/// <param name="Result">What was decided.</param>
/// <param name="Reason">Why.</param>
/// <param name="KHz">Frequency afterwards, in kHz; 0 where it was not looked at.</param>
/// <param name="Tsc">TSC at the call.</param>
internal readonly record struct KernelCall(FrequencyCall Call, CallVerdict Result, AuditReason Reason, uint KHz, ulong Tsc);
