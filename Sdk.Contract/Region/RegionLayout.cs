using PollScale.Hypercall;

namespace PollScale.Region;

/// <summary>
/// Where the parts of the page that a VM shares with its host lie, version 1: a header, then a slot and a status for each vCPU. One a VM, the
/// memory of an ivshmem-doorbell device. Little-endian. docs/hypercall-abi.md is the contract; pollscale_region.h says the same in C.
/// </summary>
/// <remarks>The guest may write every byte: the host reads nothing from the region but request words, each by one load.</remarks>
internal static class RegionLayout
{
    /// <summary>Version of this layout.</summary>
    public const uint Version = 1;

    /// <summary>Bytes of the region.</summary>
    public const int Size = 0x1_0000;

    /// <summary>Most vCPUs: so many slots lie before the first status.</summary>
    public const int MaxVcpus = 224;

    /// <summary>char[12]: <see cref="Magic"/>.</summary>
    public const int MagicField = 0;

    /// <summary>u32 fields of the header: version of the layout, version of the ABI, <see cref="RegionFlags"/>, number of vCPUs, and the host's peer number on the doorbell.</summary>
    public const int VersionField = 12, AbiVersionField = 16, FlagsField = 20, VcpusField = 24, DoorbellPeerField = 28;

    /// <summary>u32 fields: offset of the first slot and of the first status, and the bytes from one to the next. A reader takes them from here.</summary>
    public const int SlotOffsetField = 32, SlotStrideField = 36, StatusOffsetField = 40, StatusStrideField = 44;

    /// <summary>
    /// u64: drawn anew for each header that is written, 0 while one is; the same before and after reading means that one header was read. Tells also a mapping
    /// of this region from what lies at its address later.
    /// </summary>
    public const int NonceField = 48;

    /// <summary>u64: the host adds 1 every <see cref="HeartbeatMs"/>.</summary>
    public const int HeartbeatField = 56;

    /// <summary>u32 fields: number of P-states, fastest and slowest allowed index, typical transition latency in ns.</summary>
    public const int PStatesField = 64, FastestAllowedField = 68, SlowestAllowedField = 72, TransitionLatencyNsField = 76;

    /// <summary>u32[<see cref="HypercallAbi.MaxPStates"/>]: frequencies in kHz, fastest first; 0 behind the last.</summary>
    public const int KHzField = 80;

    /// <summary>u32[<see cref="MaxVcpus"/>]: the x2APIC id of vCPU v, as CPUID leaf 0xB gives it.</summary>
    public const int ApicIdsField = KHzField + (4 * HypercallAbi.MaxPStates);

    /// <summary>The x2APIC id of a vCPU that may not call; no CPU has it.</summary>
    public const uint NoApicId = uint.MaxValue;

    /// <summary>Bytes of the header.</summary>
    public const int HeaderSize = ApicIdsField + (4 * MaxVcpus);

    /// <summary>Milliseconds between two heartbeats. A guest that sees none for ten of them takes its host for gone.</summary>
    public const int HeartbeatMs = 100;

    /// <summary>Milliseconds after which a host lets a wish lapse that is not repeated, where its policy says nothing else; and the longest that a guest waits before it repeats one.</summary>
    public const int LapseMs = 2000, RepeatMs = 500;

    /// <summary>Offset of the first slot, and bytes from one to the next.</summary>
    public const int SlotOffset = 0x1000, SlotStride = 128;

    /// <summary>Of a slot, u64 written by the guest: a <see cref="RequestWord"/>.</summary>
    public const int RequestField = 0;

    /// <summary>Of a slot, written by the host: i64 result, u32 number of calls dropped, and u32 sequence of the request answered, which it writes last.</summary>
    public const int ResultField = 64, DroppedField = 72, EchoField = 76;

    /// <summary>Offset of the first status, and bytes from one to the next. A status has the fields of <see cref="StatusPageLayout"/>, but for the two below.</summary>
    public const int StatusOffset = 0x8000, StatusStride = 64;

    /// <summary>Of a status, u64 in place of a TSC, which never crosses from host to guest: ns from seeing the last request to its being applied.</summary>
    public const int AppliedNsField = StatusPageLayout.ChangedTsc;

    /// <summary>Of a status, u32: sequence of that request.</summary>
    public const int AppliedSequenceField = 48;

    /// <summary>Offset of the doorbell in the device's registers (BAR 0), u32: peer &lt;&lt; 16 | vCPU.</summary>
    public const int DoorbellRegister = 12;

    /// <summary>First bytes of a region.</summary>
    public static ReadOnlySpan<byte> Magic => "PollScaleKVM"u8;

    /// <summary>Offset of a vCPU's slot in a region of this version.</summary>
    /// <param name="vcpu">0 .. <see cref="MaxVcpus"/> - 1.</param>
    public static int Slot(int vcpu) => SlotOffset + (SlotStride * vcpu);

    /// <summary>Offset of a vCPU's status in a region of this version.</summary>
    /// <param name="vcpu">0 .. <see cref="MaxVcpus"/> - 1.</param>
    public static int Status(int vcpu) => StatusOffset + (StatusStride * vcpu);
}
