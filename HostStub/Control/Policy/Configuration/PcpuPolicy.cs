namespace PollScale.HostStub.Policy.Configuration;

/// <summary>What a pCPU does while no vCPU wishes anything of its core.</summary>
/// <param name="Pcpu">Number of the pCPU, 0 .. 1023.</param>
/// <param name="Rest">P-state it goes to.</param>
/// <param name="At">Where it is named.</param>
internal sealed record PcpuPolicy(int Pcpu, PStateChoice Rest, FilePosition At = default);
