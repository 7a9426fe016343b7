using PollScale.Hypercall;

namespace PollScale.Transports;

/// <summary>What a host shows in its CPUID leaves.</summary>
/// <param name="BaseLeaf">Leaf B that carries the signature.</param>
/// <param name="Version">ABI version.</param>
/// <param name="Doorbells">Doorbells offered.</param>
/// <param name="PortBase">First port of the port doorbell.</param>
/// <param name="ControlGranted">Policy grants this guest control.</param>
/// <param name="Emulated">P-states are emulated.</param>
/// <param name="DoorbellPage">Guest-physical address of the MMIO doorbell page; 0 for none.</param>
/// <param name="StatusPage">Guest-physical address of the status page; 0 for none.</param>
/// <param name="PStates">P-states and limits.</param>
internal sealed record HostInterface(
    uint BaseLeaf,
    int Version,
    Doorbells Doorbells,
    ushort PortBase,
    bool ControlGranted,
    bool Emulated,
    ulong DoorbellPage,
    ulong StatusPage,
    PStateTable PStates);
