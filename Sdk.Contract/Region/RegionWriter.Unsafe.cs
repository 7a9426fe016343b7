using PollScale.Hypercall;

namespace PollScale.Region;

/// <summary>
/// The host's side of a region (<see cref="RegionLayout"/>). The guest may write every byte of it: nothing is read but request words, each by one load,
/// and all counts live here. The header and the heartbeat belong to one thread, each vCPU's slot and status (<see cref="RegionVcpuWriter"/>) to one.
/// </summary>
// SAFETY: the region has RegionLayout.Size bytes that its owner keeps mapped and nobody can shrink; every offset is of a vCPU below the layout's most.
internal sealed unsafe class RegionWriter
{
    private readonly byte* _region;
    private readonly RegionVcpuWriter[] _vcpus;
    private ulong _heartbeat;

    /// <summary>Takes a region that nobody else writes for the host.</summary>
    /// <param name="region">First byte, page-aligned, valid while this object is used.</param>
    /// <param name="vcpus">Number of vCPUs, 1 .. <see cref="RegionLayout.MaxVcpus"/>.</param>
    public RegionWriter(byte* region, int vcpus)
    {
        ArgumentNullException.ThrowIfNull(region);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(vcpus, RegionLayout.MaxVcpus);
        ArgumentOutOfRangeException.ThrowIfLessThan(vcpus, 1);
        _region = region;
        _vcpus = new RegionVcpuWriter[vcpus];
        for (int vcpu = 0; vcpu < vcpus; vcpu++)
        {
            _vcpus[vcpu] = new RegionVcpuWriter(region + RegionLayout.Slot(vcpu), region + RegionLayout.Status(vcpu));
        }
    }

    /// <summary>Number of vCPUs.</summary>
    public int Vcpus => _vcpus.Length;

    /// <summary>Writes the header. Its nonce is 0 meanwhile, so that a reader who finds the same one before and after has read one header.</summary>
    /// <param name="flags">What the host grants and does.</param>
    /// <param name="pStates">P-states and bounds of the guest.</param>
    /// <param name="apicIds">The x2APIC id of each vCPU, by its number; <see cref="RegionLayout.NoApicId"/> for one that may not call.</param>
    /// <param name="peer">The host's peer number on the doorbell.</param>
    /// <param name="nonce">Drawn anew for each header; not 0.</param>
    public void Describe(RegionFlags flags, PStateTable pStates, IReadOnlyList<uint> apicIds, ushort peer, ulong nonce)
    {
        Volatile.Write(ref *(ulong*)(_region + RegionLayout.NonceField), 0);
        RegionLayout.Magic.CopyTo(new Span<byte>(_region + RegionLayout.MagicField, RegionLayout.Magic.Length));
        Write(RegionLayout.VersionField, RegionLayout.Version);
        Write(RegionLayout.AbiVersionField, HypercallAbi.Version);
        Write(RegionLayout.FlagsField, (uint)flags);
        Write(RegionLayout.VcpusField, (uint)Vcpus);
        Write(RegionLayout.DoorbellPeerField, peer);
        Write(RegionLayout.SlotOffsetField, RegionLayout.SlotOffset);
        Write(RegionLayout.SlotStrideField, RegionLayout.SlotStride);
        Write(RegionLayout.StatusOffsetField, RegionLayout.StatusOffset);
        Write(RegionLayout.StatusStrideField, RegionLayout.StatusStride);
        Write(RegionLayout.PStatesField, (uint)pStates.Count);
        Write(RegionLayout.FastestAllowedField, (uint)pStates.FastestAllowed);
        Write(RegionLayout.SlowestAllowedField, (uint)pStates.SlowestAllowed);
        Write(RegionLayout.TransitionLatencyNsField, pStates.TransitionLatencyNs);
        for (int i = 0; i < HypercallAbi.MaxPStates; i++)
        {
            Write(RegionLayout.KHzField + (4 * i), i < pStates.Count ? pStates[i] : 0);
        }

        for (int vcpu = 0; vcpu < RegionLayout.MaxVcpus; vcpu++)
        {
            Write(RegionLayout.ApicIdsField + (4 * vcpu), vcpu < Vcpus && vcpu < apicIds.Count ? apicIds[vcpu] : RegionLayout.NoApicId);
        }

        Volatile.Write(ref *(ulong*)(_region + RegionLayout.NonceField), nonce);
    }

    /// <summary>Shows that the host lives; every <see cref="RegionLayout.HeartbeatMs"/>.</summary>
    public void Beat() => Volatile.Write(ref *(ulong*)(_region + RegionLayout.HeartbeatField), ++_heartbeat);

    /// <summary>Writes a vCPU's slot and status.</summary>
    /// <param name="vcpu">0 .. number of vCPUs - 1.</param>
    public RegionVcpuWriter Vcpu(int vcpu) => _vcpus[vcpu];

    private void Write(int offset, uint value) => Volatile.Write(ref *(uint*)(_region + offset), value);
}
