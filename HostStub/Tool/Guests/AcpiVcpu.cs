namespace PollScale.HostStub.Guests;

/// <summary>What the ACPI table gives a vCPU.</summary>
/// <param name="Vcpu">The vCPU.</param>
/// <param name="Port">I/O port of its debug port.</param>
/// <param name="Khz">P-states that its kernel will have, fastest first.</param>
internal sealed record AcpiVcpu(int Vcpu, int Port, IReadOnlyList<uint> Khz);
