using System.Buffers.Binary;
using System.Globalization;
using PollScale.Hypercall;

namespace PollScale.Region;

/// <summary>The guest's view of a region: the header, read as if it were garbled, and the slots and statuses that it leads to.</summary>
// SAFETY: the region is one of RegionLayout.Size bytes that its owner keeps mapped while this is used; no offset of the header is used before it was checked.
internal readonly unsafe struct RegionReader
{
    private const int Attempts = 4;
    private const int LeastSlot = RegionLayout.EchoField + sizeof(uint), LeastStatus = RegionLayout.AppliedSequenceField + sizeof(uint);
    private readonly byte* _region;

    /// <summary>Takes the region at <paramref name="region"/>: <see cref="RegionLayout.Size"/> bytes, 8-byte aligned.</summary>
    public RegionReader(byte* region) => _region = region;

    /// <summary>Whether it begins as a region does.</summary>
    public bool HasMagic
    {
        get
        {
            // By u32 loads: the memory may be a device's.
            bool same = true;
            for (int i = 0; i < RegionLayout.Magic.Length; i += sizeof(uint))
            {
                same &= U32(RegionLayout.MagicField + i) == BinaryPrimitives.ReadUInt32LittleEndian(RegionLayout.Magic[i..]);
            }

            return same;
        }
    }

    /// <summary>Another one than the header's: another host has taken the region over, and the header is to be read anew.</summary>
    public ulong Nonce => U64(RegionLayout.NonceField);

    /// <summary>Rises every <see cref="RegionLayout.HeartbeatMs"/> while the host lives.</summary>
    public ulong Heartbeat => U64(RegionLayout.HeartbeatField);

    /// <summary>Reads and checks the header.</summary>
    /// <param name="fault">What is wrong, a clause; empty where nothing is.</param>
    /// <returns>Null when it contradicts the contract.</returns>
    public RegionHeader? ReadHeader(out string fault)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            ulong nonce = Nonce;
            RegionHeader? header = ReadOnce(nonce, out fault);
            if (nonce != 0 && Nonce == nonce)
            {
                return header;
            }
        }

        fault = "the host rewrites the header again and again";
        return null;
    }

    /// <summary>The slot of a vCPU.</summary>
    /// <param name="header">Read from this region.</param>
    /// <param name="vcpu">0 .. number of vCPUs - 1.</param>
    public RegionRequests Requests(RegionHeader header, int vcpu) => new(_region + header.Slot(vcpu));

    /// <summary>The status of a vCPU.</summary>
    /// <param name="header">Read from this region.</param>
    /// <param name="vcpu">0 .. number of vCPUs - 1.</param>
    public RegionStatusReader Status(RegionHeader header, int vcpu) => new(_region + header.Status(vcpu));

    private RegionHeader? ReadOnce(ulong nonce, out string fault)
    {
        uint version = U32(RegionLayout.VersionField), vcpus = U32(RegionLayout.VcpusField), peer = U32(RegionLayout.DoorbellPeerField);
        uint slots = U32(RegionLayout.SlotOffsetField), slotStride = U32(RegionLayout.SlotStrideField);
        uint statuses = U32(RegionLayout.StatusOffsetField), statusStride = U32(RegionLayout.StatusStrideField);
        fault = !HasMagic ? "it does not begin as a region does"
            : version != RegionLayout.Version ? Say($"its layout has version {version}, and this guest reads version {RegionLayout.Version}")
            : vcpus is 0 or > RegionLayout.MaxVcpus ? Say($"{vcpus} vCPUs; there must be 1 .. {RegionLayout.MaxVcpus}")
            : peer > ushort.MaxValue ? Say($"doorbell peer {peer}; there are 0 .. {ushort.MaxValue}")
            : !Fits(slots, slotStride, vcpus, LeastSlot) ? Say($"{vcpus} slots of {slotStride} bytes from 0x{slots:x} on are not within the page, or not aligned")
            : !Fits(statuses, statusStride, vcpus, LeastStatus) ? Say($"{vcpus} statuses of {statusStride} bytes from 0x{statuses:x} on are not within the page, or not aligned")
            : slots < statuses + (statusStride * vcpus) && statuses < slots + (slotStride * vcpus) ? "slots and statuses overlap"
            : "";
        PStateTable? pStates = fault.Length == 0 ? ReadPStates(out fault) : null;
        uint[] apicIds = pStates is null ? [] : ReadApicIds((int)vcpus, ref fault);
        return fault.Length > 0 || pStates is null ? null : new RegionHeader(
            U32(RegionLayout.AbiVersionField), (RegionFlags)U32(RegionLayout.FlagsField), (ushort)peer, (int)slots, (int)slotStride, (int)statuses, (int)statusStride, nonce, pStates, apicIds);
    }

    private static bool Fits(uint offset, uint stride, uint count, int least) =>
        offset >= RegionLayout.HeaderSize && offset % sizeof(ulong) == 0 && stride >= least && stride % sizeof(ulong) == 0 && offset + ((ulong)stride * count) <= RegionLayout.Size;

    private PStateTable? ReadPStates(out string fault)
    {
        uint count = U32(RegionLayout.PStatesField), fastest = U32(RegionLayout.FastestAllowedField), slowest = U32(RegionLayout.SlowestAllowedField);
        if (count is 0 or > HypercallAbi.MaxPStates)
        {
            fault = Say($"{count} P-states; there must be 1 .. {HypercallAbi.MaxPStates}");
            return null;
        }

        Span<uint> kHz = stackalloc uint[(int)count];
        for (int i = 0; i < kHz.Length; i++)
        {
            kHz[i] = U32(RegionLayout.KHzField + (i * sizeof(uint)));
        }

        try
        {
            fault = "";
            return new PStateTable(kHz, (int)Math.Min(fastest, int.MaxValue), (int)Math.Min(slowest, int.MaxValue), U32(RegionLayout.TransitionLatencyNsField));
        }
        catch (ArgumentException exception)
        {
            fault = $"no P-state table: {exception.Message}";
            return null;
        }
    }

    private uint[] ReadApicIds(int vcpus, ref string fault)
    {
        uint[] ids = new uint[vcpus];
        HashSet<uint> seen = [];
        for (int vcpu = 0; vcpu < vcpus; vcpu++)
        {
            ids[vcpu] = U32(RegionLayout.ApicIdsField + (vcpu * sizeof(uint)));
            fault = ids[vcpu] == RegionLayout.NoApicId || seen.Add(ids[vcpu]) ? fault : Say($"two vCPUs with x2APIC id {ids[vcpu]}");
        }

        return ids;
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private uint U32(int offset) => Volatile.Read(ref *(uint*)(_region + offset));

    private ulong U64(int offset) => Volatile.Read(ref *(ulong*)(_region + offset));
}
