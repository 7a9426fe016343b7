using PollScale.Hypercall;

namespace PollScale.HostStub.Policy;

/// <summary>A decision, for the audit log.</summary>
/// <param name="Guest">Name of the guest.</param>
/// <param name="Vcpu">The vCPU that called.</param>
/// <param name="Pcpu">Its pCPU; -1 when policy gives it none.</param>
/// <param name="Call">What it asked; without meaning when a wish was withdrawn.</param>
/// <param name="Result">What was decided.</param>
/// <param name="Reason">Why.</param>
/// <param name="PState">P-state in force afterwards; -1 without a pCPU.</param>
/// <param name="KHz">Its frequency in kHz; 0 without a pCPU.</param>
/// <param name="Tsc">TSC at the call.</param>
/// <param name="Count">Decisions of this vCPU with this reason that the record stands for; itself the last of them.</param>
/// <param name="OneWay">It came over a channel without answers: the guest believes that it got what it asked.</param>
/// <param name="InKernel">The host's kernel answered it: it was noted later than it was applied.</param>
internal readonly record struct AuditRecord(
    string Guest, int Vcpu, int Pcpu, FrequencyCall Call, CallVerdict Result, AuditReason Reason, int PState, uint KHz, ulong Tsc, ulong Count = 1, bool OneWay = false, bool InKernel = false);
