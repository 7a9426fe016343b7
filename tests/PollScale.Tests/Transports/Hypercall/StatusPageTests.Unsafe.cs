using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Transports;
using Xunit;

namespace PollScale.Tests.Transports;

public unsafe class StatusPageTests
{
    [Fact]
    public void Every_field_lands_at_its_offset_and_the_first_publication_is_no_change()
    {
        byte* page = stackalloc byte[StatusPageLayout.PageSize];
        StatusPageWriter writer = new(page);
        writer.Publish(3, 2_700_000, 0x1122_3344_5566_7788, 72_817);

        Assert.Equal(2u, *(uint*)(page + StatusPageLayout.Sequence));
        Assert.Equal((uint)HypercallAbi.Version, *(uint*)(page + StatusPageLayout.AbiVersion));
        Assert.Equal(3u, *(uint*)(page + StatusPageLayout.PState));
        Assert.Equal(2_700_000u, *(uint*)(page + StatusPageLayout.FrequencyKHz));
        Assert.Equal(0x1122_3344_5566_7788ul, *(ulong*)(page + StatusPageLayout.ChangedTsc));
        Assert.Equal(0ul, *(ulong*)(page + StatusPageLayout.Changes));
        Assert.Equal(72_817u, *(uint*)(page + StatusPageLayout.StretchQ16));

        writer.Publish(0, 3_000_000, 1, StatusPageLayout.StretchOne);
        Assert.Equal(1ul, *(ulong*)(page + StatusPageLayout.Changes));
        Assert.Equal(4u, *(uint*)(page + StatusPageLayout.Sequence));
    }

    [Fact]
    public void What_is_published_is_read()
    {
        byte* page = stackalloc byte[StatusPageLayout.PageSize];
        StatusPageReader reader = new(page);
        new StatusPageWriter(page).Publish(3, 2_700_000, 5, 72_817);

        Assert.True(reader.TryRead(out StatusSnapshot snapshot));
        Assert.Equal(new StatusSnapshot(HypercallAbi.Version, 3, 2_700_000, 5, 0, 72_817), snapshot);
        Assert.Equal(72_817u, reader.StretchQ16);
    }

    [Fact]
    public void A_reading_is_never_torn()
    {
        byte* page = stackalloc byte[StatusPageLayout.PageSize];
        StatusPageWriter status = new(page);
        StatusPageReader reader = new(page);
        bool stop = false;
        status.Publish(1, 1, 1, 1);
        Thread writer = new(() =>
        {
            for (uint value = 2; !Volatile.Read(ref stop); value++)
            {
                status.Publish((int)value, value, value, value);
            }
        });
        writer.Start();
        int readings = 0;
        for (int i = 0; i < 200_000; i++)
        {
            if (reader.TryRead(out StatusSnapshot snapshot))
            {
                readings++;
                Assert.True(
                    snapshot.PState == snapshot.FrequencyKHz && snapshot.ChangedTsc == snapshot.PState && snapshot.Changes + 1 == snapshot.PState && snapshot.StretchQ16 == snapshot.PState,
                    snapshot.ToString());
            }
        }

        Volatile.Write(ref stop, true);
        writer.Join();
        Assert.True(readings > 0);
    }

    [Fact]
    public void A_writer_that_died_halfway_does_not_hang_the_reader()
    {
        byte* page = stackalloc byte[StatusPageLayout.PageSize];
        *(uint*)(page + StatusPageLayout.Sequence) = 1;

        Assert.False(new StatusPageReader(page).TryRead(out _));
    }

    [Fact]
    public void A_disposed_page_reads_as_unstretched()
    {
        int fd = LibC.memfd_create("status", LibC.MFD_CLOEXEC);
        Assert.Equal(0, LibC.ftruncate(fd, StatusPageLayout.PageSize));
        using MappedRegion host = MappedRegion.Map(fd, 0, StatusPageLayout.PageSize, LibC.PROT_READ | LibC.PROT_WRITE, "status");
        MappedStatusPage page = MappedStatusPage.FromDescriptor(fd);
        Assert.Equal(0, LibC.close(fd));
        new StatusPageWriter(host.Address).Publish(0, 1, 1, 5 << 16);
        Assert.Equal(5u << 16, page.StretchQ16);
        page.Dispose();

        Assert.Equal(StatusPageLayout.StretchOne, page.StretchQ16);
    }
}
