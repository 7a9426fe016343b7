namespace PollScale.HostStub.Policy;

/// <summary>Where decisions are recorded. Called on the vCPU's thread, inside the exit: takes no time, never throws, allocates nothing.</summary>
internal interface IDecisionAudit
{
    /// <summary>Records a decision, right after it was applied.</summary>
    void Note(in AuditRecord record);
}
