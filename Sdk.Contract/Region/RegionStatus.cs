namespace PollScale.Region;

/// <summary>One consistent reading of a vCPU's status.</summary>
/// <param name="PState">P-state index in force.</param>
/// <param name="AppliedNs">Ns from the host's seeing the last change that was granted to its being applied.</param>
/// <param name="AppliedSequence">The number of its request; 0 before the first.</param>
internal readonly record struct RegionStatus(uint PState, ulong AppliedNs, uint AppliedSequence);
