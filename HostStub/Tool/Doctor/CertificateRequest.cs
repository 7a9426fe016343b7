namespace PollScale.HostStub.Doctor;

/// <summary>What loss and delay certificates are wanted for.</summary>
/// <param name="Ring">Descriptors of the rx ring, 1 to 65536.</param>
/// <param name="LineRate">Highest arrival rate, packets per second.</param>
/// <param name="CyclesPerPacket">Core cycles a packet takes at most.</param>
/// <param name="MemoryNs">Time in ns a packet takes at any frequency.</param>
/// <param name="DelayBound">Longest time a packet may wait; null takes what optimal-available would choose.</param>
internal sealed record CertificateRequest(int Ring, double LineRate, double CyclesPerPacket, double MemoryNs, TimeSpan? DelayBound);
