using PollScale.HostStub.Machine;
using PollScale.Hypercall;
using Xunit;

namespace PollScale.HostStub.Tests.Machine;

public unsafe class StatusPageTests
{
    [Fact]
    public void Every_field_lands_at_its_offset_and_the_first_publication_is_no_change()
    {
        ulong[] memory = new ulong[8];
        fixed (ulong* start = memory)
        {
            byte* page = (byte*)start;
            StatusPage status = new(page);
            status.Publish(3, 2_700_000, 0x1122_3344_5566_7788, 72_817);

            Assert.Equal(2u, *(uint*)(page + StatusPageLayout.Sequence));
            Assert.Equal((uint)HypercallAbi.Version, *(uint*)(page + StatusPageLayout.AbiVersion));
            Assert.Equal(3u, *(uint*)(page + StatusPageLayout.PState));
            Assert.Equal(2_700_000u, *(uint*)(page + StatusPageLayout.FrequencyKHz));
            Assert.Equal(0x1122_3344_5566_7788ul, *(ulong*)(page + StatusPageLayout.ChangedTsc));
            Assert.Equal(0ul, *(ulong*)(page + StatusPageLayout.Changes));
            Assert.Equal(72_817u, *(uint*)(page + StatusPageLayout.StretchQ16));

            status.Publish(0, 3_000_000, 1, StatusPageLayout.StretchOne);
            Assert.Equal(1ul, *(ulong*)(page + StatusPageLayout.Changes));
            Assert.Equal(4u, *(uint*)(page + StatusPageLayout.Sequence));
        }
    }

    [Fact]
    public void A_reader_under_the_sequence_lock_never_sees_a_torn_publication()
    {
        ulong[] memory = GC.AllocateArray<ulong>(8, pinned: true);
        fixed (ulong* start = memory)
        {
            byte* page = (byte*)start;
            StatusPage status = new(page);
            bool done = false;
            Thread writer = new(() =>
            {
                for (uint i = 1; i <= 300_000; i++)
                {
                    status.Publish((int)i, i, i, i);
                }

                Volatile.Write(ref done, true);
            });
            writer.Start();
            int consistent = 0;
            bool last;
            do
            {
                last = Volatile.Read(ref done);
                uint before = Volatile.Read(ref *(uint*)(page + StatusPageLayout.Sequence));
                uint pState = Volatile.Read(ref *(uint*)(page + StatusPageLayout.PState));
                uint kHz = Volatile.Read(ref *(uint*)(page + StatusPageLayout.FrequencyKHz));
                ulong tsc = Volatile.Read(ref *(ulong*)(page + StatusPageLayout.ChangedTsc));
                uint stretch = Volatile.Read(ref *(uint*)(page + StatusPageLayout.StretchQ16));
                uint after = Volatile.Read(ref *(uint*)(page + StatusPageLayout.Sequence));
                if (before == after && before % 2 == 0 && before != 0)
                {
                    consistent++;
                    Assert.True(pState == kHz && kHz == tsc && kHz == stretch, $"torn: {pState} {kHz} {tsc} {stretch}");
                }
            }
            while (!last);

            writer.Join();
            Assert.True(consistent > 0);
        }
    }
}
