namespace PollScale.Hypercall;

/// <summary>
/// Numbers of the frequency hypercall ABI, version 1 (docs/hypercall-abi.md). Guest and host both build on this file.
/// </summary>
internal static class HypercallAbi
{
    /// <summary>ABI version spoken here.</summary>
    public const int Version = 1;

    /// <summary>High half of every call number: "PS". Bit 31 is clear, because KVM's Xen path reads it as a Hyper-V call.</summary>
    public const uint NumberBase = 0x5053_0000;

    /// <summary>First port of the port doorbell.</summary>
    public const ushort PortBase = 0x5000;

    /// <summary>Ports of the port doorbell: 8 ops of 64 arguments.</summary>
    public const int PortCount = OpCount * EncodedArguments;

    /// <summary>Bytes of the MMIO doorbell page.</summary>
    public const int MmioPageSize = 4096;

    /// <summary>Ops defined by version 1, numbered 0 .. 7.</summary>
    public const int OpCount = 8;

    /// <summary>Values that the 6-bit argument of the port and MMIO doorbells can carry.</summary>
    public const int EncodedArguments = 1 << ArgumentBits;

    /// <summary>Bits of the argument in a port number or MMIO offset.</summary>
    public const int ArgumentBits = 6;

    /// <summary>P-states a table may hold: an index must fit the 6-bit argument.</summary>
    public const int MaxPStates = EncodedArguments;

    /// <summary>First hypervisor CPUID leaf scanned.</summary>
    public const uint CpuidScanFirst = 0x4000_0000;

    /// <summary>Last hypervisor CPUID leaf scanned.</summary>
    public const uint CpuidScanLast = 0x4000_FF00;

    /// <summary>Distance between scanned leaves.</summary>
    public const uint CpuidScanStep = 0x100;

    /// <summary>Leaf the host stub answers at; KVM keeps its own signature at 0x40000000.</summary>
    public const uint CpuidBase = 0x4000_0100;

    /// <summary>EBX of leaf B+0: "Poll".</summary>
    public const uint SignatureEbx = 0x6C6C_6F50;

    /// <summary>ECX of leaf B+0: "Scal".</summary>
    public const uint SignatureEcx = 0x6C61_6353;

    /// <summary>EDX of leaf B+0: "eKVM".</summary>
    public const uint SignatureEdx = 0x4D56_4B65;

    /// <summary>Leaf B+1: version, doorbells, port base, flags.</summary>
    public const uint CpuidFeatures = 1;

    /// <summary>Leaf B+2: guest-physical addresses of the doorbell page and the status page.</summary>
    public const uint CpuidPages = 2;

    /// <summary>Leaf B+3: P-state count, allowed range, typical transition latency in ns.</summary>
    public const uint CpuidLimits = 3;

    /// <summary>Leaf B+4: first leaf of the frequency table, four kHz values a leaf.</summary>
    public const uint CpuidTable = 4;

    /// <summary>Bit of EDX in leaf B+1: frequency control is granted to this guest.</summary>
    public const uint FlagControlGranted = 1;

    /// <summary>Bit of EDX in leaf B+1: P-states are emulated; the application stretches its work by the status page's factor.</summary>
    public const uint FlagEmulated = 2;

    /// <summary>Hypervisor leaf whose EAX is the TSC frequency in kHz (the convention VMware began and KVM guests read).</summary>
    public const uint CpuidTimingLeaf = 0x4000_0010;
}
