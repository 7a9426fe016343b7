using PollScale.Hypercall;

namespace PollScale.Region;

/// <summary>What the header of a region says, checked: every slot and status that it names lies in the region.</summary>
/// <param name="AbiVersion">ABI version of the host.</param>
/// <param name="Flags">What the host does.</param>
/// <param name="DoorbellPeer">The host's peer number on the doorbell, 0 .. 65535.</param>
/// <param name="SlotOffset">Offset of the first slot.</param>
/// <param name="SlotStride">Bytes to the next.</param>
/// <param name="StatusOffset">Offset of the first status.</param>
/// <param name="StatusStride">Bytes to the next.</param>
/// <param name="Nonce">Drawn anew for each region, and for each host that takes one over.</param>
/// <param name="PStates">P-states and limits.</param>
/// <param name="ApicIds">The x2APIC id of each vCPU, 1 .. <see cref="RegionLayout.MaxVcpus"/> of them, all different but for <see cref="RegionLayout.NoApicId"/>.</param>
internal sealed record RegionHeader(
    uint AbiVersion, RegionFlags Flags, ushort DoorbellPeer, int SlotOffset, int SlotStride, int StatusOffset, int StatusStride, ulong Nonce, PStateTable PStates, IReadOnlyList<uint> ApicIds)
{
    /// <summary>The vCPU of an x2APIC id; -1 when the region has none.</summary>
    public int FindVcpu(uint apicId)
    {
        for (int vcpu = 0; vcpu < ApicIds.Count; vcpu++)
        {
            if (ApicIds[vcpu] == apicId && apicId != RegionLayout.NoApicId)
            {
                return vcpu;
            }
        }

        return -1;
    }

    /// <summary>Offset of a vCPU's slot.</summary>
    /// <param name="vcpu">0 .. number of vCPUs - 1.</param>
    public int Slot(int vcpu) => SlotOffset + (SlotStride * vcpu);

    /// <summary>Offset of a vCPU's status.</summary>
    /// <param name="vcpu">0 .. number of vCPUs - 1.</param>
    public int Status(int vcpu) => StatusOffset + (StatusStride * vcpu);
}
