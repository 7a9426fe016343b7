using PollScale.Hypercall;
using PollScale.Region;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.Tests.Region;

/// <summary>pollscale_region.h, as a C compiler lays it out, says what <see cref="RegionLayout"/> says.</summary>
public class RegionLayoutTests
{
    private const string Region = "struct pollscale_region", Header = "struct pollscale_region_header", Slot = "struct pollscale_region_slot", Status = "struct pollscale_region_status";

    private static readonly (string Type, string Member, int Offset, int Size)[] s_fields =
    [
        (Header, "magic", RegionLayout.MagicField, 12), (Header, "version", RegionLayout.VersionField, 4), (Header, "abi_version", RegionLayout.AbiVersionField, 4),
        (Header, "flags", RegionLayout.FlagsField, 4), (Header, "vcpus", RegionLayout.VcpusField, 4), (Header, "doorbell_peer", RegionLayout.DoorbellPeerField, 4),
        (Header, "slot_offset", RegionLayout.SlotOffsetField, 4), (Header, "slot_stride", RegionLayout.SlotStrideField, 4),
        (Header, "status_offset", RegionLayout.StatusOffsetField, 4), (Header, "status_stride", RegionLayout.StatusStrideField, 4),
        (Header, "nonce", RegionLayout.NonceField, 8), (Header, "heartbeat", RegionLayout.HeartbeatField, 8), (Header, "pstates", RegionLayout.PStatesField, 4),
        (Header, "fastest_allowed", RegionLayout.FastestAllowedField, 4), (Header, "slowest_allowed", RegionLayout.SlowestAllowedField, 4),
        (Header, "transition_latency_ns", RegionLayout.TransitionLatencyNsField, 4), (Header, "khz", RegionLayout.KHzField, 4 * HypercallAbi.MaxPStates),
        (Header, "apic_ids", RegionLayout.ApicIdsField, 4 * RegionLayout.MaxVcpus),
        (Slot, "request", RegionLayout.RequestField, 8), (Slot, "result", RegionLayout.ResultField, 8), (Slot, "dropped", RegionLayout.DroppedField, 4), (Slot, "echo", RegionLayout.EchoField, 4),
        (Status, "lock", StatusPageLayout.Sequence, 4), (Status, "abi_version", StatusPageLayout.AbiVersion, 4), (Status, "pstate", StatusPageLayout.PState, 4),
        (Status, "khz", StatusPageLayout.FrequencyKHz, 4), (Status, "applied_ns", RegionLayout.AppliedNsField, 8), (Status, "changes", StatusPageLayout.Changes, 8),
        (Status, "stretch_q16", StatusPageLayout.StretchQ16, 4), (Status, "applied_sequence", RegionLayout.AppliedSequenceField, 4),
        (Region, "slots", RegionLayout.SlotOffset, RegionLayout.SlotStride * RegionLayout.MaxVcpus), (Region, "statuses", RegionLayout.StatusOffset, RegionLayout.StatusStride * RegionLayout.MaxVcpus),
    ];

    [Fact]
    public void The_header_for_C_lays_the_region_out_alike()
    {
        HeaderCheck check = new($"{AppContext.BaseDirectory}pollscale_region.h");
        foreach ((string type, string member, int offset, int size) in s_fields)
        {
            check.Constant($"offsetof({type}, {member})", offset).Constant($"sizeof((({type} *)0)->{member})", size);
        }

        check.Constant($"sizeof({Region})", RegionLayout.Size).Constant($"sizeof({Header})", RegionLayout.HeaderSize).Constant($"sizeof({Slot})", RegionLayout.SlotStride)
            .Constant($"sizeof({Status})", RegionLayout.StatusStride).Constant("sizeof(POLLSCALE_REGION_MAGIC) - 1", RegionLayout.Magic.Length)
            .Constant("POLLSCALE_REGION_VERSION", RegionLayout.Version).Constant("POLLSCALE_REGION_MAX_VCPUS", RegionLayout.MaxVcpus)
            .Constant("POLLSCALE_REGION_MAX_PSTATES", HypercallAbi.MaxPStates).Constant("POLLSCALE_REGION_HEARTBEAT_MS", RegionLayout.HeartbeatMs)
            .Constant("POLLSCALE_REGION_LAPSE_MS", RegionLayout.LapseMs).Constant("POLLSCALE_REGION_REPEAT_MS", RegionLayout.RepeatMs)
            .Constant("POLLSCALE_REGION_DOORBELL", RegionLayout.DoorbellRegister).Constant("POLLSCALE_REGION_CONTROL_GRANTED", (uint)RegionFlags.ControlGranted)
            .Constant("POLLSCALE_REGION_EMULATED", (uint)RegionFlags.Emulated).Constant("POLLSCALE_REGION_HYPERCALLS_OBSERVED", (uint)RegionFlags.HypercallsObserved)
            .Constant("POLLSCALE_REGION_HYPERCALLS_ANSWERED", (uint)RegionFlags.HypercallsAnswered).Constant("POLLSCALE_REGION_HOST_SPINS", (uint)RegionFlags.HostSpins);
        check.Require(atLeast: (2 * s_fields.Length) + 15);
    }

    [Fact]
    public void Every_field_has_its_place_in_C() => Assert.Equal(
        typeof(RegionLayout).GetFields().Count(field => field.Name.EndsWith("Field", StringComparison.Ordinal)),
        s_fields.Count(field => field.Type != Region) - 6); // of a status, six are StatusPageLayout's

    [Theory]
    [InlineData(0)]
    [InlineData(RegionLayout.MaxVcpus - 1)]
    public void Slots_and_statuses_lie_in_the_region_apart(int vcpu)
    {
        Assert.InRange(RegionLayout.Slot(vcpu), RegionLayout.HeaderSize, RegionLayout.StatusOffset - RegionLayout.SlotStride);
        Assert.InRange(RegionLayout.Status(vcpu), RegionLayout.StatusOffset, RegionLayout.Size - RegionLayout.StatusStride);
    }
}
