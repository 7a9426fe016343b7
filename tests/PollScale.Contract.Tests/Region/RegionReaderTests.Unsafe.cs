using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using PollScale.Hypercall;
using PollScale.Region;
using Xunit;

namespace PollScale.Tests.Region;

/// <summary>A page that anybody may have written, read by a guest.</summary>
public unsafe class RegionReaderTests
{
    private const int Vcpus = 3;
    private static readonly uint[] s_kHz = [3_000_000, 2_000_000, 1_000_000];

    [Fact]
    public void A_header_is_read_as_it_was_written() => With(Valid(), reader =>
    {
        RegionHeader header = reader.ReadHeader(out string fault)!;

        Assert.Equal("", fault);
        Assert.Equal((1u, RegionFlags.ControlGranted | RegionFlags.Emulated, (ushort)5, 0xABCDul), (header.AbiVersion, header.Flags, header.DoorbellPeer, header.Nonce));
        Assert.Equal(s_kHz, header.PStates.KHz.ToArray());
        Assert.Equal((0, 1, 30_000u), (header.PStates.FastestAllowed, header.PStates.SlowestAllowed, header.PStates.TransitionLatencyNs));
        Assert.Equal([100u, 102u, 104u], header.ApicIds);
        Assert.Equal((2, -1), (header.FindVcpu(104), header.FindVcpu(101)));
        Assert.Equal((RegionLayout.Slot(2), RegionLayout.Status(2)), (header.Slot(2), header.Status(2)));
    });

    [Theory]
    [InlineData(RegionLayout.MagicField, 0u, "begin")]
    [InlineData(RegionLayout.VersionField, 2u, "version 2")]
    [InlineData(RegionLayout.VcpusField, 0u, "0 vCPUs")]
    [InlineData(RegionLayout.VcpusField, 225u, "225 vCPUs")]
    [InlineData(RegionLayout.DoorbellPeerField, 0x1_0000u, "peer 65536")]
    [InlineData(RegionLayout.SlotOffsetField, 0u, "3 slots")]
    [InlineData(RegionLayout.SlotOffsetField, 0x1004u, "aligned")]
    [InlineData(RegionLayout.SlotOffsetField, 0xFFFFFFF8u, "3 slots")]
    [InlineData(RegionLayout.SlotOffsetField, 0xFF00u, "3 slots")]
    [InlineData(RegionLayout.SlotStrideField, 64u, "slots of 64")]
    [InlineData(RegionLayout.SlotStrideField, 0x80000000u, "3 slots")]
    [InlineData(RegionLayout.StatusOffsetField, 0xFFC0u, "3 statuses")]
    [InlineData(RegionLayout.StatusStrideField, 48u, "statuses of 48")]
    [InlineData(RegionLayout.StatusOffsetField, 0x1100u, "overlap")]
    [InlineData(RegionLayout.PStatesField, 0u, "0 P-states")]
    [InlineData(RegionLayout.PStatesField, 65u, "65 P-states")]
    [InlineData(RegionLayout.PStatesField, 4u, "P-state 3")]
    [InlineData(RegionLayout.KHzField + 4, 3_000_000u, "P-state 1")]
    [InlineData(RegionLayout.SlowestAllowedField, 3u, "range")]
    [InlineData(RegionLayout.FastestAllowedField, uint.MaxValue, "range")]
    [InlineData(RegionLayout.ApicIdsField + 4, 100u, "two vCPUs")]
    public void What_contradicts_the_contract_is_named(int offset, uint value, string fault)
    {
        byte[] page = Valid();
        Set(page, offset, value);
        With(page, reader =>
        {
            Assert.Null(reader.ReadHeader(out string found));
            Assert.Contains(fault, found, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void A_garbled_header_is_refused_or_leads_nowhere_outside_the_page() => Prop.ForAll<(ushort Offset, uint Value, byte Kind)[]>(pokes =>
    {
        byte[] page = Valid();
        foreach ((ushort offset, uint value, byte kind) in pokes)
        {
            Set(page, offset % (RegionLayout.HeaderSize / 4) * 4, kind % 3 == 0 ? value : kind % 3 == 1 ? value % 0x1_0000 : value % 300);
        }

        bool within = true;
        With(page, reader =>
        {
            RegionHeader? header = reader.ReadHeader(out string fault);
            within = header is null ? fault.Length > 0 : Enumerable.Range(0, header.ApicIds.Count).All(vcpu =>
                header.Slot(vcpu) >= RegionLayout.HeaderSize && header.Slot(vcpu) + header.SlotStride <= RegionLayout.Size && header.Slot(vcpu) % 8 == 0
                && header.Status(vcpu) >= RegionLayout.HeaderSize && header.Status(vcpu) + header.StatusStride <= RegionLayout.Size && header.Status(vcpu) % 8 == 0
                && header.FindVcpu(header.ApicIds[vcpu]) == vcpu);
        });
        return within;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void A_request_and_its_answer_pass_through_the_slot() => With(Valid(), (reader, page) =>
    {
        RegionHeader header = reader.ReadHeader(out _)!;
        RegionRequests requests = reader.Requests(header, 1);
        Assert.True(RequestWord.TryMake(7, new FrequencyCall(FrequencyOp.Step, -3), posted: true, out RequestWord word));
        requests.Store(word);
        Assert.Equal(word, requests.Stored);
        Assert.Equal(word.Value, *(ulong*)(page + RegionLayout.Slot(1)));
        Assert.False(requests.TryTake(7, out _));
        *(long*)(page + RegionLayout.Slot(1) + RegionLayout.ResultField) = -11;
        *(uint*)(page + RegionLayout.Slot(1) + RegionLayout.DroppedField) = 4;
        *(uint*)(page + RegionLayout.Slot(1) + RegionLayout.EchoField) = 7;

        Assert.True(requests.TryTake(7, out long result));
        Assert.Equal((-11L, 7u, 4u), (result, requests.Echo, requests.Dropped));
    });

    [Fact]
    public void A_status_is_read_under_its_lock() => With(Valid(), (reader, page) =>
    {
        RegionStatusReader status = reader.Status(reader.ReadHeader(out _)!, 2);
        byte* at = page + RegionLayout.Status(2);
        *(uint*)(at + StatusPageLayout.Sequence) = 4;
        *(uint*)(at + StatusPageLayout.PState) = 2;
        *(ulong*)(at + RegionLayout.AppliedNsField) = 9000;
        *(uint*)(at + RegionLayout.AppliedSequenceField) = 12;
        *(uint*)(at + StatusPageLayout.StretchQ16) = 0x2_0000;
        Assert.True(status.TryRead(out RegionStatus read));
        Assert.Equal((new RegionStatus(2, 9000, 12), 0x2_0000u, 4u), (read, status.StretchQ16, status.Lock));
        *(uint*)(at + StatusPageLayout.Sequence) = 5;
        Assert.False(status.TryRead(out _));
        *(uint*)(at + StatusPageLayout.StretchQ16) = 1;
        Assert.Equal(StatusPageLayout.StretchOne, status.StretchQ16);
    });

    private static byte[] Valid()
    {
        byte[] page = new byte[RegionLayout.Size];
        RegionLayout.Magic.CopyTo(page);
        Set(page, RegionLayout.VersionField, RegionLayout.Version);
        Set(page, RegionLayout.AbiVersionField, HypercallAbi.Version);
        Set(page, RegionLayout.FlagsField, (uint)(RegionFlags.ControlGranted | RegionFlags.Emulated));
        Set(page, RegionLayout.VcpusField, Vcpus);
        Set(page, RegionLayout.DoorbellPeerField, 5);
        Set(page, RegionLayout.SlotOffsetField, RegionLayout.SlotOffset);
        Set(page, RegionLayout.SlotStrideField, RegionLayout.SlotStride);
        Set(page, RegionLayout.StatusOffsetField, RegionLayout.StatusOffset);
        Set(page, RegionLayout.StatusStrideField, RegionLayout.StatusStride);
        Set(page, RegionLayout.NonceField, 0xABCD);
        Set(page, RegionLayout.PStatesField, (uint)s_kHz.Length);
        Set(page, RegionLayout.SlowestAllowedField, 1);
        Set(page, RegionLayout.TransitionLatencyNsField, 30_000);
        for (int i = 0; i < Vcpus; i++)
        {
            Set(page, RegionLayout.KHzField + (4 * i), s_kHz[i]);
            Set(page, RegionLayout.ApicIdsField + (4 * i), 100 + (2 * (uint)i));
        }

        return page;
    }

    private static void Set(byte[] page, int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(page.AsSpan(offset), value);

    private static void With(byte[] page, Action<RegionReader> test) => With(page, (reader, _) => test(reader));

    private static void With(byte[] page, Test test)
    {
        fixed (byte* first = page)
        {
            test(new RegionReader(first), first);
        }
    }

    private delegate void Test(RegionReader reader, byte* page);
}
